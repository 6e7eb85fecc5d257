#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "dko/base/aligned_array.hpp"
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
///
/// The sums of a score and of its interaction lie side by side, in one line of the cache.
class PairSums {
 public:
  /// With an interaction its score, which comes before it.
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
  /// Its values of the score that is measure number `measure`, and of the interaction if that is a measure,
  /// too: one for each of the seconds.
  void add(std::size_t measure, const float* values, const float* interactions);

  /// The number of the first pair among all pairs of the k genes.
  std::int64_t first_pair() const { return first_pair_; }
  std::int64_t genes() const { return genes_; }

  std::int64_t pairs() const { return std::ssize(cells_); }
  std::int64_t cells(std::int64_t pair) const { return cells_[static_cast<std::size_t>(pair)]; }
  /// A measure of a pair that has at least one cell.
  OverCells over_cells(std::size_t measure, std::int64_t pair) const;
  float lowest(std::size_t measure, std::int64_t pair) const { return one(measure, pair).lowest; }
  float highest(std::size_t measure, std::int64_t pair) const { return one(measure, pair).highest; }

  /// All that is held of consecutive pairs, to be saved and restored, in no more bytes: their numbers of
  /// cells, and the sums of a measure.
  struct Fields {
    std::vector<double> sum, squares;
    std::vector<float> shift, lowest, highest;
    std::vector<std::int32_t> above, below;  // only of interactions
  };
  std::span<std::int32_t> cell_counts() { return cells_; }
  std::span<const std::int32_t> cell_counts() const { return cells_; }
  Fields fields(std::size_t measure, std::int64_t first, std::int64_t count) const;
  void set_fields(std::size_t measure, std::int64_t first, const Fields& fields);

  /// Calls visit(first, second, summary) for every pair that has a cell, genes numbered from 0 to k.
  template <class Visit>
  void for_each(Visit visit) const;

 private:
  /// Those of a score alone, or of a score and its interaction.
  template <std::size_t of>
  struct Sums {
    static constexpr std::size_t lanes = of;
    std::array<double, lanes> sum{};
    std::array<double, lanes> squares{};
    std::array<float, lanes> shift;  // not a number: none yet
    std::array<float, lanes> lowest;
    std::array<float, lanes> highest;
    std::array<std::int32_t, lanes> signs{};  // cells with an interaction above 0, and below

    Sums() {
      shift.fill(std::numeric_limits<float>::quiet_NaN());
      lowest.fill(std::numeric_limits<float>::infinity());
      highest.fill(-std::numeric_limits<float>::infinity());
    }
  };
  static_assert(sizeof(Sums<2>) == 64);
  /// Pairs whose sums are on their way from memory while those of others are added up.
  static constexpr std::size_t fetched_ahead = 48;

  /// Where the sums of a measure are.
  struct Column {
    bool has_interaction = false;  // in which of the arrays
    std::size_t array = 0;
    std::size_t lane = 0;
  };
  /// Those of one measure and pair.
  struct One {
    double sum, squares;
    float shift, lowest, highest;
    std::int32_t above, below;
  };
  One one(std::size_t measure, std::int64_t pair) const;
  KnockoutSummary summary(std::int64_t pair) const;

  std::vector<Measure> measures_;
  std::vector<Column> columns_;  // of the measures
  std::int64_t genes_ = 0;       // k
  std::int64_t first_pair_ = 0;
  std::vector<std::int32_t> cells_;            // of each pair
  std::vector<AlignedValues<Sums<1>>> alone_;  // of each score without an interaction, by pair
  std::vector<AlignedValues<Sums<2>>> both_;   // likewise, of those with one
  std::size_t row_ = 0;                        // where the pairs that are being added start
  std::vector<std::int32_t> offsets_;          // and they are from there, the last repeated
  std::size_t added_ = 0;                      // how many
};

inline PairSums::One PairSums::one(std::size_t measure, std::int64_t pair) const {
  const Column& column = columns_[measure];
  const std::size_t lane = column.lane;
  const auto of = [lane](const auto& sums) {
    One one{
        sums.sum[lane], sums.squares[lane], sums.shift[lane], sums.lowest[lane], sums.highest[lane], 0, 0};
    if (lane == 0) return one;
    one.above = sums.signs.front();
    one.below = sums.signs.back();
    return one;
  };
  return column.has_interaction ? of(both_[column.array].data()[pair])
                                : of(alone_[column.array].data()[pair]);
}

template <class Place>
void PairSums::add_cell(std::int64_t first, std::span<const std::int32_t> seconds, Place place) {
  added_ = seconds.size();
  if (seconds.empty()) return;
  offsets_.resize(added_ + fetched_ahead);
  const std::int32_t start = place(seconds.front());
  row_ = static_cast<std::size_t>(PairIndex::row_start(genes_, first) + start - first - 1 - first_pair_);
  std::int32_t* const counts = cells_.data() + row_;
  for (std::size_t at = 0; at < added_; ++at) {
    offsets_[at] = place(seconds[at]) - start;
    ++counts[offsets_[at]];
  }
  std::fill_n(offsets_.begin() + static_cast<std::ptrdiff_t>(added_), fetched_ahead, offsets_[added_ - 1]);
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
