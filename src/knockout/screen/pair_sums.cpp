#include "dko/knockout/screen/pair_sums.hpp"

#include <algorithm>

namespace dko {

PairSums::PairSums(const std::vector<Measure>& measures)
    : measures_(measures), sums_(measures.size()), below_(measures.size()) {}

std::int64_t PairSums::bytes() const {
  std::size_t bytes = sizeof(std::int32_t) + measures_.size() * sizeof(Sums);
  for (const Measure& measure : measures_) bytes += measure.is_interaction ? sizeof(std::int32_t) : 0;
  return static_cast<std::int64_t>(bytes);
}

void PairSums::reset(EventRange pairs, std::int64_t k) {
  first_pair_ = pairs.first;
  genes_ = k;
  const auto count = static_cast<std::size_t>(pairs.size());
  cells_.assign(count, 0);
  for (std::size_t measure = 0; measure < measures_.size(); ++measure) {
    sums_[measure].assign(count, {});
    if (measures_[measure].is_interaction) below_[measure].assign(count, 0);
  }
}

OverCells PairSums::over_cells(std::size_t measure, std::int64_t pair) const {
  const Sums& sums = at(measure, pair);
  const auto count = static_cast<double>(cells(pair));
  const double mean = static_cast<double>(sums.shift) + sums.sum / count;
  const double squares = std::max(0.0, sums.squares - sums.sum * (sums.sum / count));
  const std::int32_t below = below_[measure].empty() ? 0 : below_[measure][static_cast<std::size_t>(pair)];
  return dko::over_cells(measures_[measure], count, mean, squares, sums.above, below);
}

PairSums::Fields PairSums::fields(std::size_t measure, std::int64_t first, std::int64_t count) const {
  Fields fields;
  for (std::int64_t pair = first; pair < first + count; ++pair) {
    const Sums& sums = at(measure, pair);
    fields.sum.push_back(sums.sum);
    fields.squares.push_back(sums.squares);
    fields.shift.push_back(sums.shift);
    fields.lowest.push_back(sums.lowest);
    fields.highest.push_back(sums.highest);
    fields.above.push_back(sums.above);
    if (!below_[measure].empty()) fields.below.push_back(below_[measure][static_cast<std::size_t>(pair)]);
  }
  return fields;
}

void PairSums::set_fields(std::size_t measure, std::int64_t first, const Fields& fields) {
  for (std::size_t pair = 0; pair < fields.sum.size(); ++pair) {
    const auto place = static_cast<std::size_t>(first) + pair;
    sums_[measure][place] = {fields.sum[pair],    fields.squares[pair], fields.shift[pair],
                             fields.lowest[pair], fields.highest[pair], fields.above[pair]};
    if (!below_[measure].empty()) below_[measure][place] = fields.below[pair];
  }
}

KnockoutSummary PairSums::summary(std::int64_t pair) const {
  KnockoutSummary row;
  row.cells = cells(pair);
  for (std::size_t measure = 0; measure < measures_.size(); ++measure)
    row.of[measure] = over_cells(measure, pair);
  return row;
}

}  // namespace dko
