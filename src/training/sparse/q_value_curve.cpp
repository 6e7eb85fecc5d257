#include "q_value_curve.hpp"

#include <algorithm>

#include "dko/base/numbers.hpp"
#include "dko/training/sparse/effect_q_values.hpp"

namespace dko {

QValueCurve::QValueCurve(std::span<const double> found, std::span<const double> above, std::int64_t draws) {
  auto order = numbers_below<std::size_t>(found.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return found[x] < found[y]; });
  double least = 1;
  for (std::size_t at = 0; at < order.size(); ++at) {
    const double statistic = found[order[at]];
    if (!statistics_.empty() && statistics_.back() == statistic) continue;
    const auto effects = static_cast<double>(order.size() - at);  // with this statistic or more
    least = std::min(least, (1 + above[order[at]]) / (static_cast<double>(draws) * effects));
    statistics_.push_back(statistic);
    q_.push_back(least);
  }
}

double QValueCurve::of(double statistic) const {
  const auto next = std::upper_bound(statistics_.begin(), statistics_.end(), statistic);
  if (next == statistics_.begin()) return 1;
  return q_[static_cast<std::size_t>(next - statistics_.begin()) - 1];
}

std::vector<double> q_values_by_decoys(std::span<const double> found, std::span<const double> above,
                                       std::int64_t draws) {
  const QValueCurve curve(found, above, draws);
  std::vector<double> q;
  q.reserve(found.size());
  for (const double statistic : found) q.push_back(curve.of(statistic));
  return q;
}

}  // namespace dko
