#include "dko/training/two_layer/schedule.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"

namespace dko {

double scheduled_rate(Schedule schedule, double learning_rate, std::int64_t step, std::int64_t steps) {
  if (schedule == Schedule::constant) return learning_rate;
  const double passed = static_cast<double>(step) / static_cast<double>(steps);
  return learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * passed));
}

std::string_view name_of(Schedule schedule) {
  return schedule == Schedule::cosine ? "cosine" : "constant";
}

Schedule schedule_named(std::string_view name) {
  for (const Schedule schedule : {Schedule::constant, Schedule::cosine}) {
    if (name == name_of(schedule)) return schedule;
  }
  throw UsageError(fmt::format("{} must be constant or cosine, not '{}'", parameter("schedule"), name));
}

}  // namespace dko
