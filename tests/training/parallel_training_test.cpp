// On every number of ranks, one with more ranks than cells in a batch.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/training/trainer.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

TrainedMapping train_on(const Communicator& ranks, const ExpressionMatrix& profiles,
                        const TrainingOptions& options) {
  return train(profiles, split_cells(profiles, options.validation, 0, {}, options.seed), options, ranks);
}

void check_same_curve(const std::vector<float>& ours, const std::vector<float>& theirs) {
  REQUIRE(ours.size() == theirs.size());
  double worst = 0;
  for (std::size_t at = 0; at < ours.size(); ++at) {
    worst = std::max(worst, std::abs(static_cast<double>(ours[at] / theirs[at]) - 1));
  }
  CHECK(worst < 1e-4);
}

}  // namespace

TEST_CASE("all ranks together train as one does, to rounding") {
  const auto profiles = testing::random_matrix(100, 30, 0.7, 50).relative_profiles();
  TrainingOptions options;
  options.steps = 200;
  const TrainedMapping together = train_on(testing::world(), profiles, options);
  const TrainedMapping alone = train_on(Communicator::one_rank(), profiles, options);
  check_same_curve(together.record.training_losses, alone.record.training_losses);
  check_same_curve(together.record.validation_losses, alone.record.validation_losses);
}

TEST_CASE("every rank ends with the same bits, and a second training with them again") {
  const auto profiles = testing::random_matrix(40, 12, 0.7, 51).relative_profiles();
  TrainingOptions options;
  options.steps = 60;
  options.batch = 3;  // fewer than ranks: some have no share
  const TrainedMapping first = train_on(testing::world(), profiles, options);
  const TrainedMapping second = train_on(testing::world(), profiles, options);
  const auto parameters = first.mapping.parameters();
  CHECK(std::equal(parameters.begin(), parameters.end(), second.mapping.parameters().begin()));
  std::vector<float> of_root(parameters.begin(), parameters.end());
  testing::world().broadcast(std::span<float>(of_root));
  CHECK(std::equal(parameters.begin(), parameters.end(), of_root.begin()));
}

TEST_CASE("patience stops every rank at the same step, with the same bits") {
  const auto profiles = testing::random_matrix(40, 12, 0.7, 52).relative_profiles();
  TrainingOptions options;
  options.steps = 500;
  options.batch = 3;
  options.patience = 15;
  options.schedule = Schedule::cosine;
  options.weight_decay = 0.01;
  const TrainedMapping trained = train_on(testing::world(), profiles, options);
  CHECK(trained.record.steps < 500);
  CHECK(trained.record.steps == trained.record.best_step + options.patience + 1);
  CHECK(std::ssize(trained.record.validation_losses) == trained.record.steps);
  CHECK(testing::world().max(trained.record.steps) == trained.record.steps);
  CHECK(testing::world().max(-trained.record.steps) == -trained.record.steps);
  const auto parameters = trained.mapping.parameters();
  std::vector<float> of_root(parameters.begin(), parameters.end());
  testing::world().broadcast(std::span<float>(of_root));
  CHECK(std::equal(parameters.begin(), parameters.end(), of_root.begin()));
}
