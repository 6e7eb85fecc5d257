#include "dko/training/trainer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "dko/base/error.hpp"
#include "dko/base/random.hpp"
#include "dko/mapping/batch_network.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

TrainingOptions short_training(std::int64_t steps) {
  TrainingOptions options;
  options.steps = steps;
  options.batch = 8;
  options.seed = 5;
  return options;
}

}  // namespace

TEST_CASE("a batch is distinct training cells, each equally often") {
  const std::vector<std::int64_t> training{3, 5, 8, 13, 21, 34};
  std::map<std::int64_t, int> times;
  for (std::int64_t step = 0; step < 3000; ++step) {
    const auto cells = batch_cells(training, 4, 1, step);
    REQUIRE(std::set<std::int64_t>(cells.begin(), cells.end()).size() == 4);
    for (const std::int64_t cell : cells) ++times[cell];
  }
  REQUIRE(times.size() == 6);
  for (const auto& [cell, count] : times) {
    CHECK(std::binary_search(training.begin(), training.end(), cell));
    CHECK(std::abs(count - 2000) < 5 * std::sqrt(2000.0 / 3));
  }
  CHECK(batch_cells(training, 4, 1, 7) == batch_cells(training, 4, 1, 7));
  CHECK(batch_cells(training, 4, 1, 7) != batch_cells(training, 4, 1, 8));
}

TEST_CASE("training lowers the loss and keeps the weights of the best validation") {
  // Levels that a mapping can learn: gene i is expressed in proportion to i + 1.
  std::vector<std::vector<float>> cells(60, std::vector<float>(10, 0));
  RandomStream stream(2, "cells");
  for (auto& cell : cells) {
    for (std::size_t gene = 0; gene < 10; ++gene)
      cell[gene] = stream.uniform(0, 1) < 0.7 ? static_cast<float>(gene + 1) : 0;
  }
  const auto profiles = testing::matrix_of(cells).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 5);
  const auto trained = train(profiles, split, short_training(300), Communicator::one_rank());
  const TrainingRecord& record = trained.record;
  REQUIRE(record.validation_losses.size() == 300);
  REQUIRE(record.training_losses.size() == 300);
  CHECK(record.best_validation_loss < 0.2 * static_cast<double>(record.validation_losses[0]));
  // The kept weights have the least loss.
  const auto best = std::min_element(record.validation_losses.begin(), record.validation_losses.end());
  CHECK(static_cast<double>(*best) == Approx(record.best_validation_loss).epsilon(1e-6));
  CHECK(record.validation_losses[static_cast<std::size_t>(record.best_step)] == *best);
  const double again =
      BatchNetwork(trained.mapping.shape()).loss(trained.mapping, profiles, split.validation) /
      static_cast<double>(split.validation.size());
  CHECK(again == Approx(record.best_validation_loss).epsilon(1e-12));
}

TEST_CASE("the first losses are those of the initial weights, and the first step is Adam's") {
  const auto profiles = testing::random_matrix(40, 6, 0.8, 2).relative_profiles();
  const Split split = split_cells(profiles, 0, 0, {}, 5);
  const TrainingOptions options = short_training(1);
  const Mapping start = Mapping::initialised(mapping_shape(profiles, options), options.seed);
  const auto batch = batch_cells(split.training, options.batch, options.seed, 0);
  std::vector<float> gradient(start.parameters().size());
  const double loss = BatchNetwork(start.shape()).loss_and_gradient(start, profiles, batch, gradient);
  const auto trained = train(profiles, split, options, Communicator::one_rank());
  CHECK(static_cast<double>(trained.record.training_losses[0]) ==
        Approx(loss / static_cast<double>(options.batch)).epsilon(1e-6));
  // After one step both bias-corrected moments are the gradient's: every weight moves by lr·g/(|g| + ε).
  for (std::size_t at = 0; at < gradient.size(); ++at) {
    const auto g = static_cast<double>(gradient[at]);
    const double expected = static_cast<double>(start.parameters()[at]) - 0.01 * g / (std::abs(g) + 1e-8);
    CHECK(static_cast<double>(trained.mapping.parameters()[at]) == Approx(expected).margin(1e-6));
  }
}

TEST_CASE("of equal validation losses the last is kept") {
  const auto profiles = testing::random_matrix(40, 6, 0.8, 2).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 5);
  TrainingOptions options = short_training(12);
  options.learning_rate = 1e-30;  // too small to change a weight
  CHECK(train(profiles, split, options, Communicator::one_rank()).record.best_step == 11);
}

TEST_CASE("without validation cells the last weights are kept") {
  const auto profiles = testing::random_matrix(40, 6, 0.8, 2).relative_profiles();
  const Split split = split_cells(profiles, 0, 0, {}, 5);
  const auto trained = train(profiles, split, short_training(20), Communicator::one_rank());
  CHECK(trained.record.validation_losses.empty());
  CHECK(std::isnan(trained.record.best_validation_loss));
  const auto longer = train(profiles, split, short_training(21), Communicator::one_rank());
  CHECK_FALSE(std::equal(trained.mapping.parameters().begin(), trained.mapping.parameters().end(),
                         longer.mapping.parameters().begin()));
}

TEST_CASE("the same seed gives the same bits, wherever the data lies in memory") {
  const auto profiles = testing::random_matrix(60, 13, 0.7, 2).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 5);
  const auto first = train(profiles, split, short_training(100), Communicator::one_rank());
  for (std::size_t shift = 1; shift < 6; ++shift) {
    const std::vector<char> block(shift * 24);  // moves what is allocated next
    const auto again = train(profiles, split, short_training(100), Communicator::one_rank());
    CHECK(again.record.validation_losses == first.record.validation_losses);
    CHECK(std::equal(first.mapping.parameters().begin(), first.mapping.parameters().end(),
                     again.mapping.parameters().begin()));
  }
}

TEST_CASE("a training that diverges says so") {
  const auto profiles = testing::random_matrix(40, 6, 0.8, 2).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 5);
  TrainingOptions options = short_training(5);
  options.learning_rate = 1e38;
  // Step 0 is still finite: with validation it is kept.
  const auto trained = train(profiles, split, options, Communicator::one_rank());
  CHECK(trained.record.best_step == 0);
  CHECK(std::isfinite(trained.record.best_validation_loss));
  const Split all = split_cells(profiles, 0, 0, {}, 5);
  CHECK_THROWS_WITH(train(profiles, all, options, Communicator::one_rank()), Catch::Contains("diverged"));
}
