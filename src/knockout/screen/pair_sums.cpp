#include "dko/knockout/screen/pair_sums.hpp"

#include <algorithm>

namespace dko {

PairSums::PairSums(const std::vector<Measure>& measures) : measures_(measures) {
  const auto has = [&](const Measure& measure) {
    return std::find(measures.begin(), measures.end(), measure) != measures.end();
  };
  for (const Measure& measure : measures) {
    Column column{has({measure.score, true}), 0, measure.is_interaction ? std::size_t{1} : 0};
    if (measure.is_interaction) {
      const auto score = std::find(measures.begin(), measures.end(), Measure{measure.score, false});
      column.array = columns_.at(static_cast<std::size_t>(score - measures.begin())).array;
    } else if (column.has_interaction) {
      column.array = both_.size();
      both_.emplace_back();
    } else {
      column.array = alone_.size();
      alone_.emplace_back();
    }
    columns_.push_back(column);
  }
}

std::int64_t PairSums::bytes() const {
  return static_cast<std::int64_t>(sizeof(std::int32_t) + alone_.size() * sizeof(Sums<1>) +
                                   both_.size() * sizeof(Sums<2>));
}

void PairSums::reset(EventRange pairs, std::int64_t k) {
  first_pair_ = pairs.first;
  genes_ = k;
  cells_.assign(static_cast<std::size_t>(pairs.size()), 0);
  for (auto& sums : alone_) sums.assign(pairs.size(), {});
  for (auto& sums : both_) sums.assign(pairs.size(), {});
}

OverCells PairSums::over_cells(std::size_t measure, std::int64_t pair) const {
  const One sums = one(measure, pair);
  const auto count = static_cast<double>(cells(pair));
  const double mean = static_cast<double>(sums.shift) + sums.sum / count;
  const double squares = std::max(0.0, sums.squares - sums.sum * (sums.sum / count));
  return dko::over_cells(measures_[measure], count, mean, squares, sums.above, sums.below);
}

PairSums::Fields PairSums::fields(std::size_t measure, std::int64_t first, std::int64_t count) const {
  Fields fields;
  for (std::int64_t pair = first; pair < first + count; ++pair) {
    const One sums = one(measure, pair);
    fields.sum.push_back(sums.sum);
    fields.squares.push_back(sums.squares);
    fields.shift.push_back(sums.shift);
    fields.lowest.push_back(sums.lowest);
    fields.highest.push_back(sums.highest);
    if (!has_sign(measure)) continue;
    fields.above.push_back(sums.above);
    fields.below.push_back(sums.below);
  }
  return fields;
}

void PairSums::set_fields(std::size_t measure, std::int64_t first, const Fields& fields) {
  const Column& column = columns_[measure];
  const std::size_t lane = column.lane;
  const auto set = [&](auto& sums, std::size_t at) {
    sums.sum[lane] = fields.sum[at];
    sums.squares[lane] = fields.squares[at];
    sums.shift[lane] = fields.shift[at];
    sums.lowest[lane] = fields.lowest[at];
    sums.highest[lane] = fields.highest[at];
    if (!has_sign(measure)) return;
    sums.signs.front() = fields.above[at];
    sums.signs.back() = fields.below[at];
  };
  for (std::size_t at = 0; at < fields.sum.size(); ++at) {
    const std::int64_t pair = first + static_cast<std::int64_t>(at);
    if (column.has_interaction)
      set(both_[column.array][pair], at);
    else
      set(alone_[column.array][pair], at);
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
