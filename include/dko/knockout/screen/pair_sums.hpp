#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/score/measure.hpp"
#include "dko/knockout/score/over_cells.hpp"

namespace dko {

/// Sums over cells of consecutive pairs of k genes: what KnockoutSummary is made of. The genes are numbered
/// by place from 0, all their pairs row by row (PairIndex), and those of a range from its first on.
///
/// Each pair has the number of its cells, and for every measure the sums of x − s and (x − s)² in
/// double precision, with s its value in the first cell: then equal values leave exactly no deviation, and
/// unequal ones lose nothing to a large mean. The same cells in the same order give the same bits.
class PairSums {
 public:
  explicit PairSums(const std::vector<Measure>& measures);

  std::size_t measures() const { return measures_.size(); }
  /// Whether signs are counted of a measure: of interactions.
  bool has_sign(std::size_t measure) const { return measures_[measure].is_interaction; }
  /// Bytes of one pair.
  std::int64_t bytes() const;

  /// Forgets all; these of all pairs of k genes from now on.
  void reset(EventRange pairs, std::int64_t k);
  /// Likewise all pairs of the first genes [first, last).
  void reset(std::int64_t first, std::int64_t last, std::int64_t k) {
    reset({PairIndex::row_start(k, first), PairIndex::row_start(k, last)}, k);
  }

  /// Another cell of the pairs of `first` with each of `seconds` (ascending), whose places `place` tells; to
  /// be called before its values are added.
  template <class Place>
  void add_cell(std::int64_t first, std::span<const std::int32_t> seconds, Place place);
  /// Its values of measure number `measure`, value(j) being the float of seconds[j].
  template <class Value>
  void add(std::size_t measure, Value value) {
    if (below_[measure].empty())
      add_to<false>(measure, value);
    else
      add_to<true>(measure, value);
  }

  /// The number of the first pair among all pairs of the k genes.
  std::int64_t first_pair() const { return first_pair_; }
  std::int64_t genes() const { return genes_; }

  std::int64_t pairs() const { return std::ssize(cells_); }
  std::int64_t cells(std::int64_t pair) const { return cells_[static_cast<std::size_t>(pair)]; }
  /// A measure of a pair that has at least one cell.
  OverCells over_cells(std::size_t measure, std::int64_t pair) const;
  float lowest(std::size_t measure, std::int64_t pair) const { return at(measure, pair).lowest; }
  float highest(std::size_t measure, std::int64_t pair) const { return at(measure, pair).highest; }

  /// All that is held of consecutive pairs, to be saved and restored: their numbers of
  /// cells, and the sums of a measure.
  struct Fields {
    std::vector<double> sum, squares;
    std::vector<float> shift, lowest, highest;
    std::vector<std::int32_t> above, below;  // below only of interactions
  };
  std::span<std::int32_t> cell_counts() { return cells_; }
  std::span<const std::int32_t> cell_counts() const { return cells_; }
  Fields fields(std::size_t measure, std::int64_t first, std::int64_t count) const;
  void set_fields(std::size_t measure, std::int64_t first, const Fields& fields);

  /// Calls visit(first, second, summary) for every pair that has a cell, genes numbered from 0 to k.
  template <class Visit>
  void for_each(Visit visit) const;

 private:
  struct Sums {
    double sum = 0;
    double squares = 0;
    float shift = std::numeric_limits<float>::quiet_NaN();  // none yet
    float lowest = std::numeric_limits<float>::infinity();
    float highest = -std::numeric_limits<float>::infinity();
    std::int32_t above = 0;  // cells with an interaction above 0
  };
  template <bool has_sign, class Value>
  void add_to(std::size_t measure, Value value);
  KnockoutSummary summary(std::int64_t pair) const;
  const Sums& at(std::size_t measure, std::int64_t pair) const {
    return sums_[measure][static_cast<std::size_t>(pair)];
  }

  std::vector<Measure> measures_;
  std::int64_t genes_ = 0;  // k
  std::int64_t first_pair_ = 0;
  std::vector<std::int32_t> cells_;               // of each pair
  std::vector<std::vector<Sums>> sums_;           // of each measure and pair
  std::vector<std::vector<std::int32_t>> below_;  // the same, only of interactions: cells with one below 0
  std::size_t row_ = 0;                           // where the pairs that are being added start
  std::vector<std::int32_t> offsets_;             // and they are from there
};

template <bool has_sign, class Value>
void PairSums::add_to(std::size_t measure, Value value) {
  Sums* const row = sums_[measure].data() + row_;
  std::int32_t* const below = has_sign ? below_[measure].data() + row_ : nullptr;
  const std::int32_t* const offsets = offsets_.data();
  const std::size_t count = offsets_.size();
  for (std::size_t second = 0; second < count; ++second) {
    const float x = value(second);
    Sums& pair = row[offsets[second]];
    const float shift = pair.shift == pair.shift ? pair.shift : x;
    const double difference = static_cast<double>(x) - static_cast<double>(shift);
    pair.sum += difference;
    pair.squares += difference * difference;
    pair.shift = shift;
    pair.lowest = std::min(pair.lowest, x);
    pair.highest = std::max(pair.highest, x);
    if constexpr (has_sign) {
      pair.above += x > 0 ? 1 : 0;
      below[offsets[second]] += x < 0 ? 1 : 0;
    }
  }
}

template <class Place>
void PairSums::add_cell(std::int64_t first, std::span<const std::int32_t> seconds, Place place) {
  offsets_.resize(seconds.size());
  if (seconds.empty()) return;
  const std::int32_t start = place(seconds.front());
  row_ = static_cast<std::size_t>(PairIndex::row_start(genes_, first) + start - first - 1 - first_pair_);
  std::int32_t* const counts = cells_.data() + row_;
  for (std::size_t at = 0; at < seconds.size(); ++at) {
    offsets_[at] = place(seconds[at]) - start;
    ++counts[offsets_[at]];
  }
}

template <class Visit>
void PairSums::for_each(Visit visit) const {
  if (pairs() == 0) return;
  auto [first, second] = PairIndex::pair_of(genes_, first_pair_);
  for (std::int64_t pair = 0; pair < pairs(); ++pair) {
    if (cells(pair) > 0) visit(first, second, summary(pair));
    if (++second < genes_) continue;
    ++first;
    second = first + 1;
  }
}

}  // namespace dko
