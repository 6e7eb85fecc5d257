#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/events/targets.hpp"

namespace dko {

/// The cell in which event `k` falls, given the number of events before each cell (C+1 entries, ascending,
/// starting at 0); 0 ≤ k < starts.back().
std::int64_t cell_of_event(std::span<const std::int64_t> starts, std::int64_t k);

/// Consecutive events of an array or of a cell, [first, last).
struct EventRange {
  std::int64_t first = 0;
  std::int64_t last = 0;

  std::int64_t size() const { return last - first; }
};

/// A double knockout: positions first < second among the targets of a cell.
struct TargetPair {
  std::int64_t first;
  std::int64_t second;
};

/// The same, with its cell.
struct CellPair {
  std::int64_t cell;
  TargetPair pair;
};

/// Numbers all double knockouts: cell by cell, in a cell of m targets the upper triangle row by row, so
/// that pair (a < b) is number a(2m−a−1)/2 + (b−a−1) of its cell. Cells of two expressed genes have no
/// pairs: nothing would be left. 64-bit closed forms; memory is one number a cell.
class PairIndex {
 public:
  PairIndex(const ExpressionMatrix& matrix, const KnockoutTargets& targets);

  std::int64_t total() const { return starts_.back(); }
  /// C+1 entries: number of pairs before each cell.
  std::span<const std::int64_t> starts() const { return starts_; }

  /// Event number → pair; 0 ≤ k < total().
  CellPair locate(std::int64_t k) const;
  /// Pair → event number.
  std::int64_t number(const CellPair& event) const;

  /// Number of pairs of m targets whose first is before `a`.
  static std::int64_t row_start(std::int64_t m, std::int64_t a) { return a * (2 * m - a - 1) / 2; }
  /// Pair number `within` of a cell of m targets; 0 ≤ within < m(m−1)/2.
  static TargetPair pair_of(std::int64_t m, std::int64_t within);

  /// Calls visit(a, columns, offset) for every row a of a cell of m targets that the range of its pairs
  /// touches: the seconds [columns.first, columns.last) of a, the first of which is pair `offset` of the
  /// range.
  template <class Visit>
  static void for_each_row(std::int64_t m, EventRange pairs, Visit visit) {
    if (pairs.size() <= 0) return;
    for (std::int64_t a = pair_of(m, pairs.first).first; a + 1 < m && row_start(m, a) < pairs.last; ++a) {
      const std::int64_t before = row_start(m, a) - (a + 1);  // pair (a, b) is number before + b
      const std::int64_t first = std::max(pairs.first, row_start(m, a));
      visit(a, EventRange{first - before, std::min(pairs.last, row_start(m, a + 1)) - before},
            first - pairs.first);
    }
  }

 private:
  std::vector<std::int64_t> starts_;
  std::vector<std::int32_t> targets_;  // m of each cell
};

}  // namespace dko
