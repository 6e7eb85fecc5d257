#pragma once

#include <cstdint>

#include "dko/base/progress.hpp"
#include "dko/results/aggregate/summary.hpp"

namespace dko {

/// The same of every pair, in the cells of a group if one is given. The ranks share the first genes, of which
/// a range is a contiguous part of the pairs of each cell; each takes as many at a time as fit into `memory`
/// bytes (of one rank, beside what `screen` holds) and sees the pairs of the cells in their order. So every
/// pair is read once, by one rank, and the result is the same to the bit for any number of ranks and any
/// memory. A list is read by rank 0 alone; what it has twice counts once. Where the screen holds nothing of
/// its pairs but a summary, the rows are those that it holds, in single precision, of all cells only.
/// Collective.
/// @throws CollectiveFailure of exit code 2, before reading any score, if `memory` does not hold `count` rows
/// (of each rank twice as many, or all there can be) and the sums of the pairs of one first gene; it says
/// what would fit.
SummaryTable summarize_pairs(const ScreenReader& screen, const RankBy& by, std::int64_t count, double memory,
                             const Communicator& ranks, const ProgressCallback& progress = {},
                             const CellsOfGroup& within = {});

}  // namespace dko
