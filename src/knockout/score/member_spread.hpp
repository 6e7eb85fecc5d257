#pragma once
// Shared by this room's sources only.

#include <cmath>
#include <cstddef>

namespace dko {

struct MemberSpread {
  double mean = 0;
  double sd = 0;
};

/// Mean and sample standard deviation of `value(member)`; of one member, its value and 0.
template <class Value>
MemberSpread spread_of(std::size_t members, Value value) {
  double sum = 0;
  for (std::size_t member = 0; member < members; ++member) sum += value(member);
  const double mean = sum / static_cast<double>(members);
  if (members == 1) return {mean, 0};
  double squares = 0;
  for (std::size_t member = 0; member < members; ++member) {
    const double difference = value(member) - mean;
    squares += difference * difference;
  }
  return {mean, std::sqrt(squares / static_cast<double>(members - 1))};
}

}  // namespace dko
