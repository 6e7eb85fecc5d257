#pragma once
// What the mapping, and what needs no mapping, says of the loss of genes, or of what else perturbations do:
// mean log2 changes over cells.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/evaluation/perturbation_kind.hpp"
#include "dko/evaluation/perturbed/loss_agreement.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// What there is to predict from. The same on every rank.
struct LossQuestion {
  const RelativeProfiles& profiles;           ///< relative profiles of unperturbed cells
  std::span<const CollapsedMapping> members;  ///< of the model
  std::span<const double> depths;             ///< total of each of these cells
  std::span<const std::int32_t> lost;         ///< genes that are perturbed, each once
  std::uint64_t seed;
  const Communicator& ranks;
  Base base = Base::fitted;    ///< what the mapping's losses are scored on
  PerturbationKind kind = {};  ///< what happens to these genes
};

struct PredictedLosses {
  std::string name;
  bool by_presence = false;  ///< rests on cells that lack the gene: nothing where it is not visible
  bool is_signed = true;     ///< else sizes alone
  /// For each lost gene, or for the first of them; nothing for means of fewer than fewest_cells_compared
  /// (knockout_evaluation.hpp).
  std::vector<PredictedChange> changes;
};

// All are collective, the ranks share the cells, and the result is on all ranks. p is the observed profile of
// a cell, p∖g the same without gene g, renormalised; sums are over cells; the change of g itself is NaN. A
// knockdown leaves F of g: 1 − F of the way of a loss. What an activation is stands behind it.

/// log2(Σ q' / Σ q∖g) over the cells with g: predicted_changes() (real_knockout.hpp). Knockdown and
/// activation: log2(Σ b' / Σ r) of CellKernel, the latter over the cells without g.
PredictedLosses losses_by_mapping(const LossQuestion& question);
/// The same without what all genes of a cell have in common: q'_i of each cell is divided by the median over
/// its genes of q'_j / (q∖g)_j. A gene on which the loss has no direct effect has a change of exactly 0.
/// Activation: likewise, with b' and b of the cells without g.
PredictedLosses direct_losses(const LossQuestion& question);
/// What rescaling alone gives: log2(Σ p∖g / Σ p) over the cells with g; of a knockdown p_i / (1 − (1 − F)
/// p_g) in place of p∖g. Not of an activation: how much room a gene takes is not known, and it lowers all
/// others alike.
PredictedLosses losses_by_rescaling(const LossQuestion& question);
/// The straight line through the shares of all cells, followed to a share of 0: −cov(p_g, p_i) mean(p_g) /
/// (var(p_g) mean(p_i)), as a log2 change to first order (÷ ln 2). Knockdown: to F mean(p_g).
/// Activation: followed to the mean share of the cells with g, m: cov (m − mean(p_g)) / (var mean(p_i)).
PredictedLosses losses_by_coexpression(const LossQuestion& question);
/// Cells that lack g anyway against cells that have it, of equal depth: in ten classes of cells by depth, of
/// equal size, the cells with g count as much as those without. log2(Σ p / Σ w p∖g). Knockdown: F Σ w
/// p∖g + (1 − F) Σ p in place of Σ p. Activation: log2(Σ w p∖g / Σ p).
PredictedLosses losses_by_contrast(const LossQuestion& question);
/// Each cell with g is replaced by the ten cells without g that are nearest to it by presence (the fewest
/// genes that only one of both expresses), log2(Σ their mean p / Σ p∖g). Among 1,000 random cells of more.
/// Knockdown: likewise. Activation: each cell without g by the nearest ones with g, log2(Σ their mean p∖g / Σ
/// p).
PredictedLosses losses_by_neighbours(const LossQuestion& question);
/// Knockouts by a ridge regression per gene in place of the mapping (ridge_mapping(), ridge.hpp).
PredictedLosses losses_by_ridge(const LossQuestion& question);

/// Bytes that one of these takes on each rank, at most. Local.
double losses_bytes(std::int64_t lost, std::int64_t genes);

}  // namespace dko
