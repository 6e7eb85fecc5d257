// On every number of ranks, one with more ranks than cells in a batch.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <optional>

#include "dko/training/two_layer/train.hpp"
#include "dko/training/two_layer/trainer.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace parallel_training_test {

TrainedMapping train_on(const Communicator& ranks, const RelativeProfiles& profiles,
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

/// Whether all ranks have the same curves and the same best step.
void check_same_record(const TrainingRecord& record) {
  for (const auto* curve : {&record.training_losses, &record.validation_losses}) {
    std::vector<float> of_root = *curve;
    testing::world().broadcast(of_root);
    CHECK(*curve == of_root);
  }
  for (const std::int64_t value : {record.steps, record.best_step, record.validate_every}) {
    CHECK(testing::world().max(value) == value);
    CHECK(testing::world().max(-value) == -value);
  }
}

constexpr std::array forms{ParallelForm::data, ParallelForm::sharded, ParallelForm::automatic};

TEST_CASE("all ranks together train as one does, to rounding, in either form") {
  const auto profiles = testing::random_matrix(100, 30, 0.7, 50).relative_profiles();
  TrainingOptions options;
  options.steps = 200;
  std::optional<TrainedMapping> alone;
  if (testing::world().is_root()) alone = train_on(Communicator::one_rank(), profiles, options);
  for (const ParallelForm form : forms) {
    options.parallel = form;
    const TrainedMapping together = train_on(testing::world(), profiles, options);
    check_same_record(together.record);
    if (alone) {
      check_same_curve(together.record.training_losses, alone->record.training_losses);
      check_same_curve(together.record.validation_losses, alone->record.validation_losses);
    }
    if (testing::world().size() > 1 && form != ParallelForm::automatic)
      CHECK(together.record.parallel == name_of(form));
  }
}

TEST_CASE(
    "the mapping is on rank 0 alone, the record on every rank, and a second training gives the same bits") {
  const auto profiles = testing::random_matrix(40, 12, 0.7, 51).relative_profiles();
  TrainingOptions options;
  options.steps = 60;
  options.batch = 3;   // fewer than ranks: some have no share
  options.hidden = 2;  // so of hidden units
  for (const ParallelForm form : forms) {
    options.parallel = form;
    const TrainedMapping first = train_on(testing::world(), profiles, options);
    const TrainedMapping second = train_on(testing::world(), profiles, options);
    const auto parameters = first.mapping.parameters();
    CHECK(std::ssize(parameters) == (testing::world().is_root() ? 2 * 12 * 2 + 12 + 2 : 0));
    CHECK(std::ranges::equal(parameters, second.mapping.parameters()));
    CHECK(first.record.training_losses == second.record.training_losses);
    check_same_record(first.record);
  }
}

TEST_CASE("validation at every seventh step sees what validation at every step sees") {
  const auto profiles = testing::random_matrix(60, 12, 0.7, 53).relative_profiles();
  TrainingOptions options;
  options.steps = 50;
  options.validate_every = 1;
  const TrainedMapping each = train_on(testing::world(), profiles, options);
  options.validate_every = 7;
  for (const ParallelForm form : forms) {
    options.parallel = form;
    const TrainedMapping seldom = train_on(testing::world(), profiles, options);
    REQUIRE(seldom.record.validation_losses.size() == 8);
    for (std::size_t at = 0; at < 8; ++at)
      CHECK(seldom.record.validation_losses[at] ==
            Approx(each.record.validation_losses[7 * at]).epsilon(1e-4));
    CHECK(seldom.record.best_step % 7 == 0);
    CHECK(seldom.record.validate_every == 7);
    check_same_curve(seldom.record.training_losses, each.record.training_losses);
    check_same_record(seldom.record);
  }
}

TEST_CASE("patience stops every rank at the same step") {
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
  check_same_record(trained.record);

  options.validate_every = 4;  // the first validated step that is 15 or more after the best is the 16th
  const TrainedMapping seldom = train_on(testing::world(), profiles, options);
  CHECK(seldom.record.steps == seldom.record.best_step + 16 + 1);
  CHECK(std::ssize(seldom.record.validation_losses) == seldom.record.best_step / 4 + 5);
  check_same_record(seldom.record);
}

}  // namespace parallel_training_test
