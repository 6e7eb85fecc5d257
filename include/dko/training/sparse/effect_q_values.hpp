#pragma once
// How likely each effect of a sparse mapping is none.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/decoy_size.hpp"
#include "dko/mapping/q_values.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

class FitJob;

/// What is known of the effects of a mapping, each in the order of SparseMapping::effects().
struct EffectQuality {
  QValues q_values;
  /// Mean x of the regulator in the target's cells: what weigh_effects() needs.
  std::vector<double> inputs;
  /// Q-values that effects would have that stand out like the decoys: of each draw of QValues::decoys.
  std::vector<std::vector<double>> decoy_q = {};
};

/// Finds the q-value of every effect of `mapping`, which was fitted to `cells`, by decoys: for every gene
/// four times a presence that has as many cells of each stratum as its own, at random. Strata are
/// fifths of the number of expressed genes, each divided into thirds of the first two factors of the state
/// (of covariates where it has fewer).
///
/// For gene i, over the cells that express it, r are the residuals of y = p T, on the scale on which it was
/// fitted, after all effects, the factors and an intercept, σ their standard deviation, and x̂_j what factors
/// and intercept leave of the presence of gene j:
///
///   b_ij = (a_i A_ij + Σ r x̂_j / Σ x̂_j²) / mean_i,   e_ij = σ / (√Σ x̂_j² mean_i),   t_ij = |b_ij − m_j| /
///   √(e_ij² + τ²)
///
/// - a_i: what brings effects on shares to that scale, by least squares, from 1/2 to 2.
/// - m_j: shares hide the totals, so that a loss may seem to move all genes alike. The median of b_ij over
///   the targets i is no effect of j, if 70 % of them are within 2.5 e_ij of it; else m_j = 0.
/// - τ: how far slopes differ beyond their errors for reasons the mapping does not know. For each j the
///   squared spread of b_ij over the targets (their quartiles' distance / 1.349) less the median of e_ij²; τ²
///   is exceeded by a tenth of the genes.
/// - Where j moves k, and k moves i, j moves i: t'_ij = t_ij + min(4, max(0, ±c_ij / √(e_ij² + τ²))), ± being
///   the sign of b_ij − m_j, and c_ij = Σ_k x_kj x_ik over the effects of j on k and of k on i, x_ij =
///   max(0, 1 − (2/t_ij)⁴) (b_ij − m_j).
/// - Decoys have t̃_ij = √`inflation` · |Σ r x̃̂_j| / (σ √Σ x̃̂_j²), and t̃'_ij with the same c_ij, the sign of
///   their slope and their own error. `inflation` is the error in cells that were left out over that in the
///   cells of the fit: σ is as much too small as the former is too large.
/// - s(t): the part of the pairs with |b_ij| / e_ij like t that have an effect, by quarters of t (from 8 on
///   one class) and not falling with t. A decoy counts s(t̃), for the fit would have chosen it as often.
///
/// q_ij = least over t ≤ t'_ij of min(1, (1 + sum of s(t̃) of decoys with t̃' ≥ t) / (4 · number of effects
/// with t'_kl ≥ t)), over the effects of which t' is known. All t' are rounded down to thousandths. Targets
/// for m and τ are 400 at most, spread evenly over the genes; effects on a gene in fewer than 20 cells, or
/// that nothing is left to be explained of, have q = 1, and so have those of genes that enter by their level
/// (GeneLevels): a target moves its regulator's level as well as that does the target's, and no decoy tells
/// which.
///
/// The decoys of each draw are also kept as effects (QValues::decoys): of gene i as many as it has effects,
/// those that stand out most, if they stand out as much as the least of these, with `inflation` times their
/// slope, and as far shrunk and brought back to shares as the fit does with the slopes of its own effects on
/// i.
///
/// Each gene is one rank's, and nothing depends on which: the same bits for any number of ranks on the same
/// kind of processor. Arguments are the same on all ranks, and so is the result but for the decoys, which
/// rank 0 of `communicator` alone has. Collective.
EffectQuality find_q_values(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                            const SparseMapping& mapping, double cross_validated_distance, std::uint64_t seed,
                            const Communicator& communicator);

/// The same as the last part of a fit's job. Collective. @throws CollectiveFailure as FitJob::did()
EffectQuality find_q_values(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                            const SparseMapping& mapping, double cross_validated_distance, std::uint64_t seed,
                            const Communicator& communicator, FitJob& job);

/// Tells the job the work that this will take, to be called before the fit. Local.
void plan_q_values(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                   const Communicator& communicator, FitJob& job);

/// The q-value of each of `found`, by `above[k]`, the number of decoys whose statistic is not less than
/// found[k], each as far as it counts. Local.
std::vector<double> q_values_by_decoys(std::span<const double> found, std::span<const double> above,
                                       std::int64_t draws);

/// Bytes that finding them takes on one of `ranks` ranks, beside the effects and sparse_node_bytes(): the
/// rank's part of the cells by gene, presence in the cells of one as bits, the state, covariates and
/// residuals of the cells, slopes of some targets on all genes. Local.
double q_values_bytes(const ExpressionMatrix& matrix, double ranks);

/// Bytes of the decoys of a mapping.
struct DecoyBytes {
  double kept = 0;       ///< all draws, on rank 0 of those that fit it
  double on_rank = 0;    ///< on each of them, while a draw is found
  double gathering = 0;  ///< on rank 0, while a draw is gathered, and q-values of all of them
};

/// At most: for a mapping of so many effects, fitted by `ranks` ranks. None where genes enter by level.
/// Local.
DecoyBytes decoy_bytes(std::int64_t genes, double effects, double ranks);

}  // namespace dko
