#pragma once

#include <cstdint>
#include <span>

#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Fits the sparse mapping to the relative profiles of `cells`: for each gene i, over the cells that express
/// it, a lasso of y = p_i T on the presence of all other genes, with the state of the cell as a covariate
/// without penalty. Shares hide a cell's total, so T is first the number n of genes it expresses, then the
/// total Σ o of the round before (scaled to the same mean), in three rounds. From the second on a gene that
/// moves many others is penalised less (λ times the root mean square of its effects to the power −½), from
/// the third on cells far off a fit weigh less. λ is chosen for each gene by 5-fold cross-validation.
///
/// The state of a cell is its place along the leading principal components of presence, found by rank 0
/// alone; their number, of 0, 1, 2, 4 and 8, is the least whose distance in three of the folds, each left
/// out, over the 100 most abundant genes, is within 0.2 % of the best.
///
/// Each gene's fit is one rank's, and nothing depends on which: the same bits for any number of ranks on the
/// same kind of processor. Cells are kept sparse, presence also as bits, C·N/8 bytes a rank; beyond that a
/// rank holds the products of one gene's candidates at a time. `profiles` has relative profiles as values and
/// is the same on every rank, as are `cells`. The result is on every rank. Collective.
FittedMapping fit_sparse(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                         std::uint64_t seed, const Communicator& communicator,
                         const ProgressCallback& progress = {});

/// Bytes that fitting takes on one of `ranks` ranks (a mean, where groups of ranks differ), at most: presence
/// as bits; the rank's part of the cells by gene; columns and products of the candidates of one gene at a
/// time. Local.
double sparse_fit_bytes(const ExpressionMatrix& matrix, double ranks);

}  // namespace dko
