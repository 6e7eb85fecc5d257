#pragma once

#include "dko/parallel/communicator.hpp"
#include "dko/results/aggregate/summary.hpp"

namespace dko {

/// summarize_pairs of a list of order 2, within cells: rank 0 sorts and reads it, for what a screen lists it
/// holds anyway. Collective.
SummaryTable summarize_pair_list(const ScreenReader& screen, const RankBy& by, std::int64_t count,
                                 double memory, const Communicator& ranks, const CellsOfGroup& within);

}  // namespace dko
