#pragma once
// Genes and pairs compared between groups of cells.

#include <array>
#include <cstdint>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/knockout/score/over_cells.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// One measure of a gene or pair in two groups of cells.
struct Difference {
  double mean = 0;          ///< over the cells of the group
  double mean_against = 0;  ///< over the others
  double p = 1;             ///< of the rank-sum test (metrics/rank_sum.hpp)
  double q = 1;             ///< of p by Benjamini & Hochberg, over the rows of the contrast

  double difference() const { return mean - mean_against; }
};

/// A gene or a pair of genes over the cells in which it was knocked out: those that express it.
struct ContrastRow {
  std::array<std::int32_t, 2> genes{-1, -1};  ///< ascending; the second is −1 of single knockouts
  std::int64_t cells = 0;
  std::int64_t cells_against = 0;
  std::array<Difference, KnockoutSummary::most_measures> of{};  ///< in the order of the table's measures
};

struct ContrastTable {
  Contrast contrast;
  std::vector<Measure> measures;  ///< all of an array but standard deviations over members
  std::size_t by = 0;             ///< the place of the measure that ranks
  std::int64_t left_out = 0;      ///< genes or pairs of the groups with fewer cells in one of them
  std::vector<ContrastRow> rows;  ///< lowest p first, of equal ones the largest difference either way
};

struct ContrastOptions {
  std::int64_t least_cells = 3;  ///< that a gene or pair must have in each group
  double memory = 1 << 30;       ///< bytes of each rank
};

/// What contrasts have of an array.
std::vector<Measure> contrasted_measures(const ScreenReader& screen, ScoreArray array);

/// Every contrast of every gene, a table each; by network, shift and approach genes that are not visible
/// (visibility.hpp) come last. The ranks share the genes; each reads the scores of as many at a time as fit
/// into the memory, of one at least, in the order of their cells: the same bits for any number of ranks and
/// any memory. The screen must have singles and the measure. Rank 0 has the tables, the others none.
/// Collective.
std::vector<ContrastTable> contrast_genes(const ScreenReader& screen, const CellGroups& groups,
                                          const std::vector<Contrast>& contrasts, const Measure& by,
                                          const ContrastOptions& options, const Communicator& ranks);

/// The same of every pair that is there for each cell: all of them, or a list of order 2, which rank 0 reads.
/// Rank 0 holds all rows. Collective.
/// @throws CollectiveFailure of exit code 2, before reading any score, if half of the memory does not hold
/// the
///         rows, or the values of the pairs of one first gene; it says what would
std::vector<ContrastTable> contrast_pairs(const ScreenReader& screen, const CellGroups& groups,
                                          const std::vector<Contrast>& contrasts, const Measure& by,
                                          const ContrastOptions& options, const Communicator& ranks,
                                          const ProgressCallback& progress = {});

}  // namespace dko
