#include "dko/training/two_layer/plan.hpp"

#include <catch2/catch.hpp>

#include "dko/training/two_layer/trainer.hpp"

using namespace dko;

namespace plan_test {

/// 5,000 steps of 20 cells.
TrainingSize size_of(std::int64_t genes, double expressed, std::int64_t validation_cells) {
  TrainingSize size;
  size.genes = genes;
  size.hidden = genes;
  size.batch = 20;
  size.steps = 5000;
  size.validation_cells = validation_cells;
  size.expressed = expressed;
  return size;
}

TEST_CASE("small trainings are validated at every step, as the original's") {
  for (const int ranks : {1, 2, 64}) {
    CHECK(plan_training(size_of(100, 79, 100), {}, ranks).validate_every == 1);
    CHECK(plan_training(size_of(5000, 2000, 0), {}, ranks).validate_every == 1);
  }
}

TEST_CASE(
    "when to validate is chosen the same for any number of ranks, and there is always something to keep") {
  for (const auto& size : {size_of(1000, 500, 2000), size_of(2000, 300, 100'000), size_of(7580, 1964, 100)}) {
    const std::int64_t alone = plan_training(size, {}, 1).validate_every;
    CHECK(alone > 1);
    CHECK(alone <= size.steps / least_validations);
    for (const int ranks : {2, 3, 64, 1024}) CHECK(plan_training(size, {}, ranks).validate_every == alone);
  }
  TrainingSize few = size_of(5000, 2000, 100'000);
  few.steps = 3;
  CHECK(plan_training(few, {}, 1).validate_every == 1);
}

TEST_CASE("where it is chosen, validation is estimated to take a tenth of the time at most") {
  const TrainingSize size = size_of(7580, 1964, 100);
  const TrainingPlan plan = plan_training(size, {}, 1);
  const StepCost cost = estimated_cost(size, plan.parallel, 1);
  const double validation = cost.validation / static_cast<double>(plan.validate_every);
  CHECK(validation <= 0.1 * (cost.compute + cost.update + cost.communication + validation));
}

TEST_CASE("what is asked for is done") {
  TrainingOptions options;
  options.validate_every = 17;
  options.parallel = ParallelForm::data;
  const TrainingPlan plan = plan_training(size_of(5000, 5000, 100), options, 8);
  CHECK(plan.validate_every == 17);
  CHECK(plan.parallel == ParallelForm::data);
  CHECK(plan_training(size_of(5000, 5000, 100), options, 1).parallel == ParallelForm::sharded);
}

TEST_CASE("genome-scale mappings are sharded, many cells of few genes are not") {
  CHECK(plan_training(size_of(10'000, 1500, 100), {}, 16).parallel == ParallelForm::sharded);
  TrainingSize many = size_of(20, 20, 0);
  many.batch = 100'000;
  CHECK(plan_training(many, {}, 16).parallel == ParallelForm::data);
}

TEST_CASE("forms have names") {
  CHECK(name_of(ParallelForm::automatic) == "auto");
  CHECK(name_of(ParallelForm::data) == "data");
  CHECK(name_of(ParallelForm::sharded) == "sharded");
}

}  // namespace plan_test
