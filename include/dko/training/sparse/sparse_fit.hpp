#pragma once

#include <cstdint>
#include <span>

#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/training/sparse/network_prior.hpp"

namespace dko {

class FitJob;

/// Fits the sparse mapping to the relative profiles of `cells`: for each gene i, over the cells that express
/// it, a lasso of y = p_i T on the presence of all other genes and on the state of the cell, whose factors
/// have half of λ as their penalty. Shares hide a cell's total, so T is first the number n of genes it
/// expresses, then the total Σ o of the round before (scaled to the same mean), in three rounds. From the
/// second on a gene that moves many others is penalised less (λ times the root mean square of its effects to
/// the power −0.6), from the third on cells far off a fit weigh less. λ is chosen for each gene by 5-fold
/// cross-validation. The last round averages the fits without each fold, drops what does not have the same
/// sign in all of them, and keeps a part of the effects by what they gain in the cells left out.
///
/// The state of a cell is its place along the leading principal components of presence: rank 0
/// finds them by products that all ranks share. Their number, of 0, 1, 2, 4 and 8, is the least whose
/// distance in five folds, each left out, over the 100 most abundant genes, is within 0.1 % of the best.
/// These folds do not depend on the seed, so neither does the number.
///
/// The penalties of pairs that a prior supports are multiplied by a factor, to the power of the pair's
/// weight, which is 1 unless a smaller one predicts cells left out better (prior_choice.hpp).
///
/// `level_genes` enter by their levels in place of their presence (GeneLevels); the state is of presence
/// alone.
///
/// Each gene's fit is one rank's, and nothing depends on which: the same bits for any number of ranks on the
/// same kind of processor. Cells are kept sparse, presence also as bits, C·N/8 bytes a node; beyond that
/// a rank holds the presence in the cells of one gene at a time, and the products of its candidates.
/// `profiles` is the same on every rank, as are `cells`. The result is on
/// every rank. Collective.
FittedMapping fit_sparse(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                         std::uint64_t seed, const Communicator& communicator,
                         const ProgressCallback& progress = {}, const NetworkPrior& prior = {},
                         std::span<const std::int32_t> level_genes = {});

/// The same as a part of a job, which says how far it is, and can be saved, stopped and resumed. The job's
/// ranks are those of the communicator. Collective. @throws CollectiveFailure as FitJob::did()
FittedMapping fit_sparse(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                         std::uint64_t seed, const Communicator& communicator, FitJob& job,
                         const NetworkPrior& prior = {}, std::span<const std::int32_t> level_genes = {});

/// What a quick fit says of some genes alone: the first of the rounds of fit_sparse(), fitted to the `known`
/// cells, with 4 factors of state, not penalised, and penalties chosen in three folds of them. Outputs o of
/// `genes` in `cells`, cells × genes by rows, whether or not the cell expresses the gene. The ranks share the
/// genes; the same bits on all ranks, and for any number of them on one kind of processor. Collective.
std::vector<float> quick_sparse_outputs(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                                        std::span<const std::int64_t> cells,
                                        std::span<const std::int32_t> genes, std::uint64_t seed,
                                        const Communicator& communicator);

/// Bytes that fitting takes on one of `ranks` ranks (a mean, where groups of ranks differ), at most: the
/// presence of all genes in the cells of one, as bits; the rank's part of the cells by gene; products of the
/// candidates of one gene at a time, and with levels their columns; and of its covariates. Local.
double sparse_fit_bytes(const ExpressionMatrix& matrix, double ranks, bool has_levels = false);

/// Bytes that the ranks of a node share while one mapping is fitted, or its q-values are found: presence as
/// bits, once more of decoys, with levels these of all genes. Local.
double sparse_node_bytes(const ExpressionMatrix& matrix, bool has_levels = false);

}  // namespace dko
