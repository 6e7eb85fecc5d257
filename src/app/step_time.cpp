#include "step_time.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "dko/base/quantile.hpp"
#include "dko/base/stopwatch.hpp"

namespace dko::app {

namespace {

constexpr double seconds_of_repeat = 0.2;
constexpr std::int64_t most_steps = 1'000'000;

void make_steps(Trainer& trainer, std::int64_t steps) {
  for (std::int64_t step = 0; step < steps; ++step) trainer.step();
}

/// As many steps as fill a repeat, in whole periods of validation. The same on every rank. Collective.
std::int64_t steps_of_repeat(Trainer& trainer, std::int64_t period, std::int64_t most,
                             const Communicator& ranks) {
  make_steps(trainer, 1);  // memory, and a processor that slept
  const Stopwatch watch;
  make_steps(trainer, 1);
  const double wanted = std::min(seconds_of_repeat / ranks.max(watch.seconds()), 1.0 * most_steps);
  const auto periods = static_cast<std::int64_t>(std::ceil(wanted / static_cast<double>(period)));
  return std::clamp<std::int64_t>(periods * period, 1, std::max<std::int64_t>(most / period, 1) * period);
}

/// Values of each part, one a repeat.
using PartValues = std::array<std::vector<double>, step_parts.size()>;

/// Seconds a step of each part since `before`, means over the ranks. Collective.
void note_parts(PartValues& values, const StepSeconds& before, const StepSeconds& after,
                const Communicator& ranks) {
  std::array<double, step_parts.size()> sums{};
  for (std::size_t at = 0; at < sums.size(); ++at)
    sums[at] = after.*step_parts[at].seconds - before.*step_parts[at].seconds;
  ranks.sum(std::span<double>(sums));
  const double steps = static_cast<double>(after.steps - before.steps) * ranks.size();
  for (std::size_t at = 0; at < sums.size(); ++at) values[at].push_back(sums[at] / steps);
}

}  // namespace

StepTime time_steps(const ExpressionMatrix& profiles, const Split& split, const TrainingOptions& options,
                    const Communicator& ranks, std::int64_t repeats) {
  TrainingOptions endless = options;
  endless.validate_every =
      plan_training(training_size(profiles, split, options), options, ranks.size()).validate_every;
  endless.steps = 2 * most_steps;
  Trainer trainer(profiles, split, endless, ranks);
  StepTime time;
  time.plan = trainer.plan();
  const std::int64_t period = split.validation.empty() ? 1 : time.plan.validate_every;
  const std::int64_t steps = steps_of_repeat(trainer, period, most_steps / repeats, ranks);
  std::vector<double> totals;
  PartValues values;
  for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
    const StepSeconds before = trainer.seconds();
    ranks.barrier();
    const Stopwatch watch;
    make_steps(trainer, steps);
    totals.push_back(ranks.max(watch.seconds()) / static_cast<double>(steps));
    const StepSeconds after = trainer.seconds();
    note_parts(values, before, after, ranks);
    time.parts.steps = after.steps - before.steps;
    time.parts.validations = after.validations - before.validations;
  }
  time.total = median(std::move(totals));
  for (std::size_t at = 0; at < values.size(); ++at)
    time.parts.*step_parts[at].seconds = median(std::move(values[at]));
  return time;
}

}  // namespace dko::app
