#pragma once
// Shared by this room's sources only.

#include <cstdint>

#include "dko/knockout/screen/pair_division.hpp"
#include "dko/knockout/screen/pair_genes.hpp"
#include "dko/knockout/screen/screen_plan.hpp"

namespace dko {

/// What a rank of a summary may hold at once.
struct PairSumsLimits {
  std::int64_t scores = 1;  ///< pairs whose scores it sends, and as many that it receives
  std::int64_t sums = 1;    ///< pairs that it adds up
  SumsCosts of_pair;        ///< what each takes
};
PairSumsLimits pair_sums_limits(const ScreenPlan& plan, const PairGenes& genes);

/// The division of as many first genes of a range, from its start on, as have sums that fit; one at least.
PairDivision next_division(const PairGenes& genes, EventRange firsts, const PairSumsLimits& limits,
                           std::int64_t ranks);

}  // namespace dko
