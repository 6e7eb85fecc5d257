#include "dko/training/training_forecast.hpp"

namespace dko {

namespace {

TrainingForecast forecast_of_group(const TrainingSize& size, const ModelOptions& options,
                                   const MemberGroups& groups, std::int64_t group, double core_speed) {
  TrainingForecast forecast;
  forecast.ranks_of_group = groups.size(group);
  const TrainingPlan plan = plan_training(size, options.training, forecast.ranks_of_group);
  const StepCost cost = estimated_cost(size, plan.parallel, forecast.ranks_of_group);
  const bool validates = size.validation_cells > 0;
  forecast.form = plan.parallel;
  forecast.steps = size.steps;
  forecast.validate_every = plan.validate_every;
  forecast.step_seconds = (cost.compute + cost.update) / core_speed + cost.communication;
  forecast.validation_seconds = validates ? cost.validation / core_speed : 0;
  const std::int64_t validations = (size.steps + plan.validate_every - 1) / plan.validate_every;
  const double of_mapping = static_cast<double>(size.steps) * forecast.step_seconds +
                            static_cast<double>(validations) * forecast.validation_seconds;
  forecast.seconds = static_cast<double>(groups.turns(group)) * of_mapping;
  forecast.bytes_each_step = plan.parallel == ParallelForm::data
                                 ? 4 * static_cast<double>(size.shape().parameters())
                                 : 4 * static_cast<double>(size.batch) * size.expressed;
  return forecast;
}

}  // namespace

TrainingForecast forecast_training(const TrainingSize& size, const ModelOptions& options, int ranks,
                                   double core_speed) {
  const MemberGroups groups(options.made(), ranks);
  const TrainingForecast first = forecast_of_group(size, options, groups, 0, core_speed);
  const TrainingForecast last = forecast_of_group(size, options, groups, groups.count - 1, core_speed);
  return first.seconds >= last.seconds ? first : last;
}

}  // namespace dko
