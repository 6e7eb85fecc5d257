#pragma once
// Shared by this room's sources only.

#include <vector>

#include "dko/base/progress.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/results/aggregate/summary.hpp"

namespace dko {

/// The measures of the summary of pairs that a screen holds; it must hold one. Local.
std::vector<Measure> stored_summary_measures(const ScreenReader& screen);

/// summarize_pairs of a screen that holds nothing but their summary: it is read once, by all ranks together.
/// Collective. @throws CollectiveFailure of exit code 2 or 3
SummaryTable summarize_stored_pairs(const ScreenReader& screen, const RankBy& by, std::int64_t count,
                                    double memory, const Communicator& ranks,
                                    const ProgressCallback& progress);

}  // namespace dko
