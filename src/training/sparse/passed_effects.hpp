#pragma once

#include "dko/mapping/sparse_mapping.hpp"

namespace dko {

inline constexpr double floor_share = 0.05;  ///< least output, in parts of the mean ȳ of the gene

/// Fills in what the loss of a gene takes from the others, per x, where genes enter by their levels. A loss
/// that lowers the output of gene m lowers its level x_m, and with it the outputs that depend on that,
///
///     k ∘ (A + M A + M² A),   M_im = A_im · s_m / (2 ȳ_m)   (dx_m/dy_m = s_m / (2 ȳ_m) at the mean),
///
/// M of genes that enter by their level alone, ȳ the means of the outputs, known by their floors. A level
/// falls by a loss far below all that the fit has seen, and x = s log(1 + p/m) falls faster than before: k =
/// 1/(2 log 2) of these genes makes it the fall along the tangent at the mean, s/2 where p = m; k = 1 of the
/// others. What is then less than a tenth of the mean of its target is left out, of all genes: little effects
/// of that size add up to noise. A gene has no effect on itself. Nothing is done without levels. Local.
void pass_on(SparseMappingParts& parts);

}  // namespace dko
