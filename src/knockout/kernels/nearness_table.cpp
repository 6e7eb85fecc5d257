#include "nearness_table.hpp"

#include <algorithm>

#include "dko/base/numbers.hpp"

namespace dko {

void NearnessTable::load(std::span<const double> outputs, std::span<const double> targets) {
  auto order = numbers_below<std::size_t>(outputs.size());
  std::vector<double> ratios(outputs.size());
  for (std::size_t at = 0; at < outputs.size(); ++at) ratios[at] = targets[at] / outputs[at];
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return ratios[x] < ratios[y]; });
  ratios_.clear();
  outputs_.assign(1, 0);
  targets_.assign(1, 0);
  for (const std::size_t at : order) {
    ratios_.push_back(ratios[at]);
    outputs_.push_back(outputs_.back() + outputs[at]);
    targets_.push_back(targets_.back() + targets[at]);
  }
}

double NearnessTable::distance(double scale, double of_target) const {
  const auto before = std::partition_point(ratios_.begin(), ratios_.end(),
                                           [&](double ratio) { return ratio * of_target < scale; });
  const auto at = static_cast<std::size_t>(before - ratios_.begin());
  const double more = scale * outputs_[at] - of_target * targets_[at];
  const double less = of_target * (targets_.back() - targets_[at]) - scale * (outputs_.back() - outputs_[at]);
  return more + less;
}

}  // namespace dko
