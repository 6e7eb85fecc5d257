#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "dko/knockout/score/over_cells.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// What ranks the rows of a summary: the highest means of a measure, of interactions the largest either way;
/// or, of any, the lowest. Rows of fewer cells than `least_cells` are left out.
struct RankBy : Measure {
  RankBy(const Measure& measure = {}, bool is_lowest = false, std::int64_t of_cells = 1)
      : Measure(measure), lowest(is_lowest), least_cells(of_cells) {}
  bool lowest;
  std::int64_t least_cells;

  bool leaves_out(const KnockoutSummary& row) const { return row.cells < least_cells; }
};

/// The genes or pairs of a screen, in the order of their ranks.
struct SummaryTable {
  std::vector<Measure> measures;  ///< what each row has
  std::size_t by = 0;             ///< the place of the measure that ranks
  bool lowest = false;            ///< first, whatever the measure
  std::int64_t total = 0;         ///< genes or pairs that have an event, also those that are not in `rows`
  std::int64_t left_out = 0;      ///< of them, those of too few cells
  std::vector<KnockoutSummary> rows;  ///< the highest means first; of interactions the largest either way
};

/// Number of rows that stands for all.
inline constexpr std::int64_t all_rows = std::numeric_limits<std::int64_t>::max();

/// What summarize_genes and summarize_pairs have of an array: stored scores, their standard deviations over
/// the members (of which a summary has the mean alone), interactions, and of single knockouts the share.
std::vector<Measure> summarized_measures(const ScreenReader& screen, ScoreArray array);

/// Where the pairs of a screen are: all of them (or, for summaries, their stored summary), or a list of
/// order 2. Nothing if it has none.
std::optional<ScoreArray> pairs_of(const ScreenReader& screen);

/// Every gene over the cells in which it was knocked out alone; the `count` that rank highest by the mean of
/// `by`, equal ones in the order of genes; by network those that are not visible (visibility.hpp) come last.
/// The screen must have singles and the measure, and be the same on all ranks. Events are read once, in
/// blocks; numbers in double precision. The blocks are the same for any number of ranks, and so are the
/// results, to the bit. Rank 0 has the rows, the others the rest. Collective.
SummaryTable summarize_genes(const ScreenReader& screen, const RankBy& by, std::int64_t count,
                             const Communicator& ranks);

/// The same within each group of cells, a table each. Rank 0 holds the sums of as many groups at a time as
/// fit into `memory` bytes, of one at least; the file is read once for those. Collective.
std::vector<SummaryTable> summarize_genes_by_group(const ScreenReader& screen, const CellGroups& groups,
                                                   const RankBy& by, std::int64_t count, double memory,
                                                   const Communicator& ranks);

}  // namespace dko
