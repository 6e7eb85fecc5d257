#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/knockout/sharding/cost.hpp"

namespace dko {

/// Seconds of one unit of CellCosts, on a core of the machine that the cost models were fitted on.
inline constexpr double seconds_of_cost = 1e-10;

/// How ranks would share a screen by the cost model, in seconds.
struct ScreenForecast {
  double core_seconds = 0;     ///< of all ranks together
  double load_seconds = 0;     ///< of them, what loading cells takes
  double slowest_seconds = 0;  ///< of the rank that has most to do; of a summary, until the last is done
  double above_mean = 0;       ///< slowest / mean − 1
  double longest_block = 0;    ///< between two times of asking whether to stop: loading a cell, and scoring
  std::int64_t blocks = 0;     ///< of scores, on record in the file (of a summary: rows)
  double bytes_sent = 0;       ///< of a summary: scores that ranks send to other ranks, of all together
};

/// By what the events and the loading of each cell cost (one entry a cell, of one member; several take so
/// many times as long), on as many ranks, by the shares that screen_shard() and PairSumsScreen take. What
/// writing and messages take is not in it. Local.
ScreenForecast forecast_screen(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                               std::span<const CellCosts> cells, std::int64_t ranks);

/// What cells cost by a sparse mapping that is yet to be made, of as many effects a gene. Local.
std::vector<CellCosts> sparse_costs_of(const ExpressionMatrix& matrix, double effects_of_gene);
/// By any dense one.
std::vector<CellCosts> dense_costs_of(const ExpressionMatrix& matrix);

}  // namespace dko
