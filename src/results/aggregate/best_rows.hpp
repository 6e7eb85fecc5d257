#pragma once

#include <cstdint>
#include <vector>

#include "dko/parallel/communicator.hpp"
#include "dko/results/aggregate/summary.hpp"

namespace dko {

/// The order of the rows of a summary: highest mean first, of interactions the largest either way, or of any
/// measure the lowest; equal ones in the order of genes. What is no number comes last.
class RowOrder {
 public:
  RowOrder(const std::vector<Measure>& measures, std::size_t by, bool lowest = false)
      : by_(by), by_size_(measures[by].is_interaction && !lowest), lowest_(lowest) {}

  /// Whether row `a` ranks before row `b`.
  bool operator()(const KnockoutSummary& a, const KnockoutSummary& b) const;

 private:
  double key(const KnockoutSummary& row) const;

  std::size_t by_;
  bool by_size_;
  bool lowest_;
};

/// Keeps the rows that rank highest of those it is given.
class BestRows {
 public:
  /// Holds at most most_held(count, total) rows, if no more than `total` are offered.
  BestRows(RowOrder order, std::int64_t count, std::int64_t total);

  static std::int64_t most_held(std::int64_t count, std::int64_t total) {
    return count <= total / 2 ? 2 * count : total;
  }

  void offer(const KnockoutSummary& row);

  /// The rows of all ranks, in their order. Collective.
  AtRoot<std::vector<KnockoutSummary>> collect(const Communicator& ranks) &&;

 private:
  void trim();

  RowOrder order_;
  std::int64_t count_;
  std::int64_t most_;
  std::vector<KnockoutSummary> rows_;
  bool trimmed_ = false;
  KnockoutSummary last_;  // of the best, once trimmed: what does not come before it is not one of them
};

/// Counts a row of a table, and offers it unless it is of too few cells.
void count_row(const KnockoutSummary& row, const RankBy& by, SummaryTable& table, BestRows& best);

/// The numbers and the best rows of all ranks. Collective.
void collect_rows(SummaryTable& table, BestRows best, const Communicator& ranks);

/// Takes out of a table that has all its rows those of too few cells, and puts the others in their order.
void rank_rows(SummaryTable& table, const RankBy& by);

/// Bytes of `memory` that are left beside the `count` best of `pairs` rows, what their messages take, and
/// `fixed` bytes. @throws UsageError if these are fewer than `least`; it says how many rows would fit.
double memory_beside_rows(std::int64_t count, std::int64_t pairs, double fixed, double least, double memory);

/// Rows that travel at once between ranks.
constexpr std::int64_t rows_per_message = std::int64_t{1} << 14;

}  // namespace dko
