#include "dko/training/training_forecast.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace dko;

namespace {

TrainingSize some_size() {
  TrainingSize size;
  size.genes = 1000;
  size.hidden = 500;
  size.batch = 20;
  size.steps = 101;
  size.validation_cells = 40;
  size.expressed = 300;
  return size;
}

ModelOptions some_options(std::int64_t members, ParallelForm form) {
  ModelOptions options;
  options.members = members;
  options.training.steps = 101;
  options.training.validate_every = 10;
  options.training.parallel = form;
  return options;
}

}  // namespace

TEST_CASE("a training takes its steps and its validations") {
  const TrainingSize size = some_size();
  for (const ParallelForm form : {ParallelForm::data, ParallelForm::sharded}) {
    const StepCost cost = estimated_cost(size, form, 4);
    const TrainingForecast forecast = forecast_training(size, some_options(1, form), 4, 1);
    double seconds = 0;
    for (int step = 0; step < 101; ++step) {
      seconds += cost.compute + cost.update + cost.communication;
      if (step % 10 == 0) seconds += cost.validation;
    }
    CHECK(forecast.form == form);
    CHECK(forecast.ranks_of_group == 4);
    CHECK(forecast.steps == 101);
    CHECK(forecast.validate_every == 10);
    CHECK(forecast.seconds == Approx(seconds));
  }
  CHECK(forecast_training(size, some_options(1, ParallelForm::data), 4, 1).bytes_each_step ==
        4.0 * (2 * 1000 * 500 + 1000 + 500));
  CHECK(forecast_training(size, some_options(1, ParallelForm::sharded), 4, 1).bytes_each_step ==
        4.0 * 20 * 300);
}

TEST_CASE("members are trained by groups of ranks, in turns where they are more") {
  const TrainingSize size = some_size();
  const ModelOptions five = some_options(5, ParallelForm::sharded);
  const double alone = forecast_training(size, some_options(1, ParallelForm::sharded), 1, 1).seconds;
  CHECK(forecast_training(size, five, 1, 1).seconds == Approx(5 * alone));
  CHECK(forecast_training(size, five, 2, 1).seconds == Approx(3 * alone));
  CHECK(forecast_training(size, five, 10, 1).ranks_of_group == 2);
  ModelOptions one = five;
  one.member = 3;
  CHECK(forecast_training(size, one, 2, 1).seconds ==
        Approx(forecast_training(size, some_options(1, ParallelForm::sharded), 2, 1).seconds));
}

TEST_CASE("faster cores compute faster, and the network stays as it is") {
  const TrainingSize size = some_size();
  const StepCost cost = estimated_cost(size, ParallelForm::data, 4);
  const TrainingForecast forecast = forecast_training(size, some_options(1, ParallelForm::data), 4, 2);
  CHECK(forecast.step_seconds == Approx((cost.compute + cost.update) / 2 + cost.communication));
}
