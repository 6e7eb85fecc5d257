#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dko {

/// The value below which this part (0 to 1) of the values lie, with linear interpolation between the two it
/// falls between. `sorted` is ascending and not empty.
inline double quantile(const std::vector<double>& sorted, double part) {
  const double place = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// Median of values in any order, at least one.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

}  // namespace dko
