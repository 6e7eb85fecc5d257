#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/evaluation/perturbed/perturbed_cells.hpp"

namespace dko {

/// Is added to mean shares before their ratio is taken: one molecule in a million.
inline constexpr double pseudo_share = 1e-6;
/// A gene changes if its false discovery rate is below this.
inline constexpr double most_false_discovery = 0.05;
/// Random halves by which an experiment is compared with itself.
inline constexpr std::int64_t replicate_splits = 10;
/// Fewer genes that change, or halves that agree less: nothing to find.
inline constexpr std::int64_t fewest_changed = 5;
inline constexpr double least_replicate = 0.1;

/// What a perturbation really did to each gene of the data, against the control cells.
struct PerturbationTruth {
  std::int32_t gene = 0;              ///< that was perturbed
  std::vector<double> control_share;  ///< mean share in the control cells
  double own_share = 0;               ///< mean share of `gene` in the perturbed cells
  std::vector<double> log2_change;    ///< log2((m_t + s) / (m_c + s)), m mean shares, s the pseudo_share
  std::vector<double> p;              ///< Mann-Whitney of the shares
  std::vector<double> rate;           ///< false discovery rate, over the compared genes; 1 for the others
  std::vector<bool> compared;  ///< all but the perturbed gene, and genes that no cell of either expresses
  std::vector<bool> changed;   ///< compared, and rate < most_false_discovery
  std::int64_t changes = 0;    ///< genes that changed
  std::int64_t up = 0;         ///< of these, with a positive log2_change
  /// Spearman of the log2_change of two random halves of the cells, target and control, over the compared
  /// genes: what the same experiment with half of the cells says of itself. Mean of replicate_splits.
  std::optional<double> replicate;
};

/// Whether there is something that a prediction could be compared with.
bool has_effect(const PerturbationTruth& truth);

/// Truths of all targets, in their order. Halves depend on the seed and the gene alone. Local; for each
/// target O(entries of the control cells).
std::vector<PerturbationTruth> find_truths(const PerturbedCells& cells, std::uint64_t seed);

}  // namespace dko
