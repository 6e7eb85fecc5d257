#include "dko/results/aggregate/pair_summary.hpp"

#include <algorithm>
#include <optional>

#include "best_rows.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_genes.hpp"
#include "dko/knockout/screen/pair_sums.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/summary.hpp"
#include "pair_list_summary.hpp"
#include "stored_summary.hpp"
#include "summary_measures.hpp"

namespace dko {

namespace {

constexpr std::int64_t largest_read = std::int64_t{1} << 20;  // scores at once

PairGenes genes_of(const ScreenReader& screen) {
  return {screen.targets(), screen.pair_starts(), std::ssize(screen.gene_names()),
          [](std::int64_t) { return 1; }};
}

/// How one rank may use its memory.
struct Budget {
  std::int64_t piece = 0;  ///< scores read at once
  double sums = 0;         ///< bytes
};

/// @throws UsageError if `memory` is not enough.
Budget budget(const PairGenes& genes, const std::vector<Measure>& measures, std::int64_t count,
              double memory) {
  const auto arrays = static_cast<double>(measures.size());
  const auto pairs = genes.most_pairs();
  Budget budget;
  budget.piece =
      std::max({std::int64_t{1}, genes.most_targets(),
                std::min(largest_read, static_cast<std::int64_t>(memory / 16 / sizeof(float) / arrays))});
  budget.sums = memory_beside_rows(count, pairs, sizeof(float) * arrays * static_cast<double>(budget.piece),
                                   static_cast<double>(PairSums(measures).bytes() * genes.count()), memory);
  return budget;
}

/// One score of the single knockouts of cell after cell, read in large pieces.
class SinglesOfCells {
 public:
  SinglesOfCells(const ScreenReader& screen, Score score, std::int64_t piece)
      : screen_(screen), scores_(screen.scores(ScoreArray::singles, score)), piece_(piece) {}

  /// Quickest for cells in ascending order.
  std::span<const float> of(std::int64_t cell) {
    const auto starts = screen_.targets().starts();
    const std::int64_t first = starts[static_cast<std::size_t>(cell)];
    const std::int64_t count = screen_.targets().count(cell);
    if (first < held_first_ || first + count > held_first_ + std::ssize(held_)) {
      held_.resize(static_cast<std::size_t>(std::min(std::max(count, piece_), starts.back() - first)));
      scores_.read(first, std::span<float>(held_));
      held_first_ = first;
    }
    return std::span<const float>(held_).subspan(static_cast<std::size_t>(first - held_first_),
                                                 static_cast<std::size_t>(count));
  }

 private:
  const ScreenReader& screen_;
  hdf5::Dataset scores_;
  std::int64_t piece_;
  std::int64_t held_first_ = 0;
  std::vector<float> held_;
};

/// One stored score of pairs, and the measures that come of it.
struct ScoreColumn {
  Score score;
  hdf5::Dataset pairs;
  std::size_t measure = 0;                // its place among the measures
  std::optional<SinglesOfCells> singles;  // for the interaction, if that is one of them
  std::vector<float> values;              // of the rows that are being added
};

/// Adds up pairs of first genes [first, last) over all cells.
class PairScan {
 public:
  PairScan(const ScreenReader& screen, const PairGenes& genes, const std::vector<Measure>& measures,
           std::int64_t piece)
      : screen_(screen), genes_(genes), piece_(piece) {
    for (const Score score : every_score) {
      const auto place = [&](bool is_interaction) -> std::optional<std::size_t> {
        const auto found = std::find(measures.begin(), measures.end(), Measure{score, is_interaction});
        if (found == measures.end()) return std::nullopt;
        return static_cast<std::size_t>(found - measures.begin());
      };
      if (!place(false)) continue;
      columns_.push_back({score, screen.scores(ScoreArray::pairs, score), *place(false), std::nullopt, {}});
      if (place(true)) columns_.back().singles.emplace(screen, score, piece);
    }
  }

  /// Returns how many events of the cell are of these pairs.
  std::int64_t add_cell(std::int64_t cell, EventRange firsts, PairSums& sums) {
    const auto targets = screen_.targets().of(cell);
    genes_.places_of(targets, places_);
    const std::int64_t m = std::ssize(targets);
    const EventRange rows = rows_of(places_, firsts);
    for (std::int64_t row = rows.first; row < rows.last;) {
      const std::int64_t to = end_of_rows(m, row, rows.last, piece_);
      add_rows(cell, row, to, sums);
      row = to;
    }
    return PairIndex::row_start(m, rows.last) - PairIndex::row_start(m, rows.first);
  }

 private:
  void add_rows(std::int64_t cell, std::int64_t row, std::int64_t to, PairSums& sums) {
    const std::int64_t m = std::ssize(places_);
    const std::int64_t from = PairIndex::row_start(m, row);
    const auto count = static_cast<std::size_t>(PairIndex::row_start(m, to) - from);
    for (ScoreColumn& column : columns_) {
      column.values.resize(count);
      column.pairs.read(screen_.pair_starts()[static_cast<std::size_t>(cell)] + from,
                        std::span<float>(column.values));
    }
    for (; row < to; ++row) {
      const auto at = static_cast<std::size_t>(row);
      sums.add_cell(places_[at], std::span<const std::int32_t>(places_).subspan(at + 1),
                    [](std::int32_t place) { return place; });
      for (ScoreColumn& column : columns_)
        add_row(cell, at,
                std::span<const float>(column.values)
                    .subspan(static_cast<std::size_t>(PairIndex::row_start(m, row) - from),
                             places_.size() - at - 1),
                column, sums);
    }
  }

  void add_row(std::int64_t cell, std::size_t row, std::span<const float> values, ScoreColumn& column,
               PairSums& sums) {
    if (column.singles) {
      const auto singles = column.singles->of(cell);
      interactions_.resize(values.size());
      interactions_of_row(values, singles[row], singles.data() + row + 1, interactions_.data());
    }
    sums.add(column.measure, values.data(), interactions_.data());
  }

  const ScreenReader& screen_;
  const PairGenes& genes_;
  std::int64_t piece_;
  std::vector<ScoreColumn> columns_;
  std::vector<std::int32_t> places_;  // of the targets of the cell
  std::vector<float> interactions_;   // of one row
};

/// Adds this rank's pairs to the numbers of the table; the best go to `best`.
void summarize_share(const ScreenReader& screen, const PairGenes& genes, SummaryTable& table,
                     const RankBy& by, const Budget& budget, EventRange share, BestRows& best,
                     const ProgressCallback& progress, const CellsOfGroup& within) {
  PairScan scan(screen, genes, table.measures, budget.piece);
  PairSums sums(table.measures);
  std::int64_t done = 0;
  for (std::int64_t from = share.first; from < share.last;) {
    const std::int64_t to =
        genes.end_of_block(from, share.last, static_cast<double>(sums.bytes()), budget.sums);
    sums.reset(from, to, genes.count());
    for (std::int64_t cell = 0; cell < screen.targets().cells(); ++cell) {
      if (!has_pairs(screen.pair_starts(), cell) || !within.has(cell)) continue;
      done += scan.add_cell(cell, {from, to}, sums);
      if (progress) progress(done, genes.cost(share));
    }
    sums.for_each([&](std::int64_t a, std::int64_t b, KnockoutSummary row) {
      row.genes = {genes.genes()[static_cast<std::size_t>(a)], genes.genes()[static_cast<std::size_t>(b)]};
      count_row(row, by, table, best);
    });
    from = to;
  }
}

}  // namespace

std::optional<ScoreArray> pairs_of(const ScreenReader& screen) {
  if (screen.has(ScoreArray::pairs) || screen.has_summary()) return ScoreArray::pairs;
  // The same two genes are different events there.
  if (screen.list_adds_genes()) return std::nullopt;
  if (screen.has(ScoreArray::list) && screen.order(ScoreArray::list) == 2) return ScoreArray::list;
  return std::nullopt;
}

SummaryTable summarize_pairs(const ScreenReader& screen, const RankBy& by, std::int64_t count, double memory,
                             const Communicator& ranks, const ProgressCallback& progress,
                             const CellsOfGroup& within) {
  if (pairs_of(screen) == ScoreArray::list)
    return summarize_pair_list(screen, by, count, memory, ranks, within);
  if (!screen.has(ScoreArray::pairs))
    return summarize_stored_pairs(screen, by, count, memory, ranks, progress);
  SummaryTable table = empty_table(screen, ScoreArray::pairs, by);
  const PairGenes genes = genes_of(screen);
  const Budget limits = on_every_rank(ranks, [&] { return budget(genes, table.measures, count, memory); });
  BestRows best(RowOrder(table.measures, table.by, table.lowest), count, genes.most_pairs());
  summarize_share(screen, genes, table, by, limits, genes.share(ranks.rank(), ranks.size()), best, progress,
                  within);
  collect_rows(table, std::move(best), ranks);
  return table;
}

}  // namespace dko
