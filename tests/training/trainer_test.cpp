#include "dko/training/two_layer/trainer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "dko/base/error.hpp"
#include "dko/base/random.hpp"
#include "dko/mapping/batch_network.hpp"
#include "dko/training/two_layer/train.hpp"
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

/// Noise alone: the validation loss soon stops falling.
RelativeProfiles noise() {
  return testing::random_matrix(60, 12, 0.7, 3).relative_profiles();
}

bool same_weights(const Mapping& one, const Mapping& other) {
  return std::equal(one.parameters().begin(), one.parameters().end(), other.parameters().begin());
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
  CHECK(again == Approx(record.best_validation_loss).epsilon(1e-4));  // of another engine
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

TEST_CASE("patience stops just so many steps after the best, whose weights are kept") {
  const auto profiles = noise();
  const Split split = split_cells(profiles, 0.2, 0, {}, 5);
  TrainingOptions options = short_training(400);
  const auto whole = train(profiles, split, options, Communicator::one_rank());
  options.patience = 25;
  std::int64_t calls = 0;
  bool ended = false;
  const auto stopped = train(profiles, split, options, Communicator::one_rank(),
                             [&](std::int64_t done, std::int64_t total) { ++calls, ended = done == total; });
  const TrainingRecord& record = stopped.record;
  REQUIRE(record.steps < 400);
  CHECK(record.steps == record.best_step + options.patience + 1);
  REQUIRE(std::ssize(record.validation_losses) == record.steps);
  CHECK(std::ssize(record.training_losses) == record.steps);
  CHECK(record.patience == 25);
  CHECK(calls == record.steps);
  CHECK(ended);  // a progress bar goes away
  // Until then it is the training that goes on, and never before did 25 steps bring nothing.
  const auto& losses = whole.record.validation_losses;
  CHECK(std::equal(record.validation_losses.begin(), record.validation_losses.end(), losses.begin()));
  std::size_t best = 0;
  for (std::size_t step = 0; step < record.validation_losses.size(); ++step) {
    if (losses[step] <= losses[best]) best = step;
    CHECK((step - best >= 25) == (step + 1 == record.validation_losses.size()));
  }
  CHECK(static_cast<std::int64_t>(best) == record.best_step);
  // A training of no more steps than that keeps the same weights.
  options.patience = 0;
  options.steps = record.best_step + 1;
  CHECK(same_weights(stopped.mapping, train(profiles, split, options, Communicator::one_rank()).mapping));
}

TEST_CASE("patience keeps the weights that a run that goes on keeps, if nothing better follows") {
  const auto profiles = noise();
  const Split split = split_cells(profiles, 0.2, 0, {}, 5);
  TrainingOptions options = short_training(400);
  const auto whole = train(profiles, split, options, Communicator::one_rank());
  // So much patience that no earlier rest of the curve ends the training, but the steps after the best do.
  options.steps = 1000;
  options.patience = 399 - whole.record.best_step;
  REQUIRE(options.patience > 0);
  const auto& losses = whole.record.validation_losses;
  std::int64_t rest = 0;
  std::int64_t best = 0;
  for (std::int64_t step = 0; step <= whole.record.best_step; ++step) {
    if (losses[static_cast<std::size_t>(step)] > losses[static_cast<std::size_t>(best)]) continue;
    rest = std::max(rest, step - best);
    best = step;
  }
  REQUIRE(rest <= options.patience);
  const auto stopped = train(profiles, split, options, Communicator::one_rank());
  CHECK(stopped.record.steps == 400);
  CHECK(stopped.record.best_step == whole.record.best_step);
  CHECK(same_weights(stopped.mapping, whole.mapping));
}

TEST_CASE("patience that does not end, and options that are off, change no bit") {
  const auto profiles = noise();
  const Split split = split_cells(profiles, 0.2, 0, {}, 5);
  TrainingOptions options = short_training(60);
  const auto plain = train(profiles, split, options, Communicator::one_rank());
  CHECK(plain.record.steps == 60);
  CHECK(plain.record.schedule == "constant");
  options.patience = 60;
  const auto patient = train(profiles, split, options, Communicator::one_rank());
  CHECK(patient.record.steps == 60);
  CHECK(patient.record.validation_losses == plain.record.validation_losses);
  CHECK(same_weights(plain.mapping, patient.mapping));
}

TEST_CASE("schedule and decay act on the steps: the weights, not the biases, decay") {
  const auto profiles = noise();
  const Split all = split_cells(profiles, 0, 0, {}, 5);
  TrainingOptions options = short_training(1);
  const Mapping start = Mapping::initialised(mapping_shape(profiles, options), options.seed);
  const Mapping plain = train(profiles, all, options, Communicator::one_rank()).mapping;
  options.weight_decay = 3;
  const auto decayed = train(profiles, all, options, Communicator::one_rank());
  CHECK(decayed.record.weight_decay == 3);
  const auto check = [](auto before, auto without, auto with, double share) {
    for (std::size_t at = 0; at < before.size(); ++at) {
      const double expected = static_cast<double>(without[at]) - share * static_cast<double>(before[at]);
      CHECK(static_cast<double>(with[at]) == Approx(expected).margin(1e-7));
    }
  };
  const Mapping& mapping = decayed.mapping;
  check(start.w1(), plain.w1(), mapping.w1(), 0.03);
  check(start.w2(), plain.w2(), mapping.w2(), 0.03);
  check(start.b1(), plain.b1(), mapping.b1(), 0);
  check(start.b2(), plain.b2(), mapping.b2(), 0);
  // Of two steps the first has the whole rate, the second half of it.
  options = short_training(2);
  const Mapping one_rate = train(profiles, all, options, Communicator::one_rank()).mapping;
  options.schedule = Schedule::cosine;
  const auto cosine = train(profiles, all, options, Communicator::one_rank());
  CHECK(cosine.record.schedule == "cosine");
  for (std::size_t at = 0; at < plain.parameters().size(); ++at) {
    const auto after_one = static_cast<double>(plain.parameters()[at]);
    const double whole = static_cast<double>(one_rate.parameters()[at]) - after_one;
    CHECK(static_cast<double>(cosine.mapping.parameters()[at]) == Approx(after_one + whole / 2).margin(1e-7));
  }
}
