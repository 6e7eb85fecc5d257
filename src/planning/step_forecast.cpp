#include "dko/planning/step_forecast.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

double parameters(const TrainingSize& size) {
  return static_cast<double>(size.shape().parameters());
}

}  // namespace

StepBytes step_bytes(const TrainingSize& size, ParallelForm form, int ranks) {
  const bool is_data = form == ParallelForm::data;
  const double part = is_data ? 1 : largest_share(size.hidden, ranks);
  const double cells = static_cast<double>(size.batch) * (is_data ? largest_share(size.batch, ranks) : 1);
  const auto genes = static_cast<double>(size.genes);
  const double in_batch = 1 - std::pow(1 - size.expressed / genes, cells);
  StepBytes bytes;
  bytes.own_parameters = part * parameters(size);
  bytes.update = 24 * bytes.own_parameters;
  bytes.least = bytes.update + 8 * part * genes * static_cast<double>(size.hidden) * in_batch;
  return bytes;
}

StepForecast forecast_step(const TrainingSize& size, const StepTime& alone, const AllreduceModel& network,
                           ParallelForm form, int ranks) {
  const StepSeconds& one = alone.parts;
  StepForecast forecast;
  forecast.ranks = ranks;
  if (form == ParallelForm::data) {
    forecast.communication = network.seconds(4 * parameters(size), ranks);
    forecast.total = (one.forward + one.backward) * largest_share(size.batch, ranks) + one.update +
                     one.validation * largest_share(size.validation_cells, ranks);
  } else {
    const auto outputs = [&](std::int64_t cells) { return 4 * static_cast<double>(cells) * size.expressed; };
    forecast.communication = network.seconds(outputs(size.batch), ranks);
    if (size.validation_cells > 0)
      forecast.communication += network.seconds(outputs(size.validation_cells), ranks) /
                                static_cast<double>(alone.plan.validate_every);
    forecast.total =
        (one.forward + one.backward + one.update + one.validation) * largest_share(size.hidden, ranks);
  }
  const double unaccounted = std::max(0.0, alone.total - one.sum());
  forecast.total += forecast.communication + one.other + unaccounted;
  return forecast;
}

}  // namespace dko
