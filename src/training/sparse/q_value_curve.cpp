#include "q_value_curve.hpp"

#include <algorithm>

#include "dko/base/numbers.hpp"
#include "dko/training/sparse/effect_q_values.hpp"

namespace dko {

QValueCurve::QValueCurve(std::span<const double> found, std::span<const double> above, std::int64_t draws) {
  const std::vector<double> q = q_values_by_decoys(found, above, draws);
  auto order = numbers_below<std::size_t>(found.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return found[x] < found[y]; });
  for (const std::size_t at : order) {
    statistics_.push_back(found[at]);
    q_.push_back(q[at]);
  }
}

double QValueCurve::of(double statistic) const {
  const auto next = std::upper_bound(statistics_.begin(), statistics_.end(), statistic);
  if (next == statistics_.begin()) return 1;
  return q_[static_cast<std::size_t>(next - statistics_.begin()) - 1];
}

std::vector<double> q_values_by_decoys(std::span<const double> found, std::span<const double> above,
                                       std::int64_t draws) {
  auto order = numbers_below<std::size_t>(found.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return found[x] > found[y]; });
  std::vector<double> q(found.size(), 1.0);
  double least = 1;
  for (std::size_t last = order.size(); last > 0;) {
    std::size_t first = last - 1;
    while (first > 0 && found[order[first - 1]] == found[order[last - 1]]) --first;
    const double decoys = above[order[first]];
    least = std::min(least, (1 + decoys) / (static_cast<double>(draws) * static_cast<double>(last)));
    for (std::size_t at = first; at < last; ++at) q[order[at]] = least;
    last = first;
  }
  return q;
}

}  // namespace dko
