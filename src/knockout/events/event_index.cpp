#include "dko/knockout/events/event_index.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

std::int64_t cell_of_event(std::span<const std::int64_t> starts, std::int64_t k) {
  // The last cell that starts at or before k: cells without events are passed over.
  return std::upper_bound(starts.begin(), starts.end(), k) - starts.begin() - 1;
}

PairIndex::PairIndex(const ExpressionMatrix& matrix, const KnockoutTargets& targets) : starts_{0} {
  for (std::int64_t cell = 0; cell < targets.cells(); ++cell) {
    const std::int64_t m = targets.count(cell);
    const std::int64_t pairs = matrix.expressed_count(cell) > 2 ? m * (m - 1) / 2 : 0;
    starts_.push_back(starts_.back() + pairs);
    targets_.push_back(static_cast<std::int32_t>(m));
  }
}

TargetPair PairIndex::pair_of(std::int64_t m, std::int64_t within) {
  // row_start(m, a) ≤ within solved for a in floating point, then put right.
  const double b = static_cast<double>(2 * m - 1);
  const double root = std::sqrt(std::max(0.0, b * b - 8.0 * static_cast<double>(within)));
  auto a = std::clamp(static_cast<std::int64_t>((b - root) / 2), std::int64_t{0}, m - 2);
  while (row_start(m, a) > within) --a;
  while (row_start(m, a + 1) <= within) ++a;
  return {a, a + 1 + within - row_start(m, a)};
}

CellPair PairIndex::locate(std::int64_t k) const {
  const std::int64_t cell = cell_of_event(starts_, k);
  const auto at = static_cast<std::size_t>(cell);
  return {cell, pair_of(targets_[at], k - starts_[at])};
}

std::int64_t PairIndex::number(const CellPair& event) const {
  const auto cell = static_cast<std::size_t>(event.cell);
  return starts_[cell] + row_start(targets_[cell], event.pair.first) + event.pair.second - event.pair.first -
         1;
}

}  // namespace dko
