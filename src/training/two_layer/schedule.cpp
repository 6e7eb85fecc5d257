#include "dko/training/two_layer/schedule.hpp"

#include <cmath>
#include <numbers>

namespace dko {

double scheduled_rate(Schedule schedule, double learning_rate, std::int64_t step, std::int64_t steps) {
  if (schedule == Schedule::constant) return learning_rate;
  const double passed = static_cast<double>(step) / static_cast<double>(steps);
  return learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * passed));
}

std::string_view name_of(Schedule schedule) {
  return schedule == Schedule::cosine ? "cosine" : "constant";
}

}  // namespace dko
