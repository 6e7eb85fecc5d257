#include "dko/planning/step_time.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "dko/base/quantile.hpp"
#include "dko/base/stopwatch.hpp"

namespace dko {

namespace {

constexpr double seconds_of_repeat = 0.2;
constexpr std::int64_t uncounted_steps = 2;
constexpr std::int64_t most_steps = 1'000'000;  // of all repeats, if periods of validation are short

void make_steps(Trainer& trainer, std::int64_t steps) {
  for (std::int64_t step = 0; step < steps; ++step) trainer.step();
}

/// As many steps as fill a repeat, in whole periods, at most `most` but for the last period; after some
/// that do not count. The same on every rank. Collective.
std::int64_t steps_of_repeat(Trainer& trainer, std::int64_t period, std::int64_t most,
                             const Communicator& ranks) {
  make_steps(trainer, uncounted_steps - 1);  // memory, and a processor that slept
  const Stopwatch watch;
  make_steps(trainer, 1);
  const auto longest = static_cast<double>(most);
  const double wanted = std::min(seconds_of_repeat / ranks.max(watch.seconds()), longest);
  const auto periods = static_cast<std::int64_t>(std::ceil(wanted / static_cast<double>(period)));
  return std::max<std::int64_t>(periods, 1) * period;
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

StepTime time_steps(const RelativeProfiles& profiles, const Split& split, const TrainingOptions& options,
                    const Communicator& ranks, std::int64_t repeats) {
  TrainingOptions long_enough = options;
  const TrainingPlan plan = plan_training(training_size(profiles, split, options), options, ranks.size());
  const std::int64_t period = split.validation.empty() ? 1 : plan.validate_every;
  long_enough.validate_every = plan.validate_every;
  long_enough.steps = uncounted_steps + most_steps + repeats * period;
  Trainer trainer(profiles, split, long_enough, ranks);
  StepTime time;
  time.plan = trainer.plan();
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

}  // namespace dko
