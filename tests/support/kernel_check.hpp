#pragma once
// The kernels' scores held against the full network.

#include "dko/expression/matrix.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/mapping/mapping.hpp"
#include "pair_scores.hpp"

namespace dko::testing {

/// Of impact and network; infinite where one of them is no number.
double largest_difference(const KnockoutScores& a, const KnockoutScores& b);

/// Those of one pair.
KnockoutScores stored(const PairScores& pairs, std::size_t at);

/// Largest difference to the full network, of both scores, over all single and double knockouts of these
/// cells, with every instruction set of this machine. Requires that all scores are between 0 and 1.
double worst_difference(const Mapping& mapping, const ExpressionMatrix& matrix);

}  // namespace dko::testing
