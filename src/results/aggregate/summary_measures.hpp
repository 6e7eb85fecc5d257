#pragma once

#include "dko/results/aggregate/summary.hpp"

namespace dko {

/// A table without rows, of what there is to summarise of an array. The screen must have `by` of it.
SummaryTable empty_table(const ScreenReader& screen, ScoreArray array, const RankBy& by);

}  // namespace dko
