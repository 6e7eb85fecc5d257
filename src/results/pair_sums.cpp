#include "pair_sums.hpp"

#include <cmath>

#include "moments.hpp"

namespace dko {

PairSums::PairSums(const std::vector<Measure>& measures) {
  for (const Measure& measure : measures) {
    Slot slot;
    slot.mean = stride_++;
    if (!is_deviation(measure.score)) slot.squares = stride_++;
    if (measure.is_interaction) {
      slot.above = stride_++;
      slot.below = stride_++;
    }
    slots_.push_back(slot);
  }
}

/// Pairs of the range before those of `first`.
std::int64_t PairSums::start_of(std::int64_t first) const {
  const std::int64_t rows = first - first_;
  return rows * (genes_ - 1) - rows * (first_ + first - 1) / 2;
}

void PairSums::reset(std::int64_t first, std::int64_t last, std::int64_t k) {
  first_ = first;
  last_ = last;
  genes_ = k;
  sums_.assign(static_cast<std::size_t>(start_of(last) * stride_), 0.0);
}

void PairSums::add_cell(std::int64_t first, std::span<const std::int64_t> seconds) {
  double* const row = sums_.data() + start_of(first) * stride_;
  cell_.clear();
  for (const std::int64_t second : seconds) {
    cell_.push_back(row + (second - first - 1) * stride_);
    *cell_.back() += 1;
  }
}

KnockoutSummary PairSums::summary(const double* at) const {
  KnockoutSummary row;
  row.cells = static_cast<std::int64_t>(at[0]);
  for (std::size_t measure = 0; measure < slots_.size(); ++measure) {
    const Slot& slot = slots_[measure];
    OverCells& of = row.of[measure];
    of.mean = at[slot.mean];
    if (slot.squares > 0) of.sd = static_cast<float>(Moments{at[0], of.mean, at[slot.squares]}.sd());
    if (slot.above == 0 || of.mean == 0) continue;
    of.same_sign = static_cast<float>((of.mean > 0 ? at[slot.above] : at[slot.below]) / at[0]);
  }
  return row;
}

}  // namespace dko
