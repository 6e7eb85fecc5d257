#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/q_values.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// What one gene's own effects are like, for its decoys.
struct EffectScale {
  std::int64_t count = 0;      ///< of effects on the gene
  double least_statistic = 0;  ///< of these
  /// Σ |A_ij| / Σ |slope_ij|, at most largest_slope: how far the fit shrinks slopes on the scale of y', and
  /// what brings them back to shares.
  double kept = 0;
};

/// Finds it for a gene with the effects A_ij of these regulators, by slopes and errors of the presence of all
/// genes; an error is 0 where it cannot be told. Local.
EffectScale scale_of(std::span<const std::int32_t> regulators, std::span<const double> effects,
                     std::span<const double> slopes, std::span<const double> errors);

/// How far the decoys on one gene stand out, decoy by decoy.
struct DecoyStatistics {
  std::span<const double> alone;       ///< which of them are kept; 0: cannot be told
  std::span<const double> with_paths;  ///< likewise, what their q-values are told by
};

/// One draw.
struct GatheredDecoys {
  DecoyEffects effects;
  std::vector<double> statistics;  ///< with paths, in the order of the effects
};

/// Gathers the effects of decoys on the genes of this rank. A gene keeps no more decoys than it has effects,
/// those that stand out most, and none that stands out less than the least of these: as the fit would have
/// kept them.
class DecoyCollector {
 public:
  /// `slopes` and `statistics` of every decoy on a gene, whose own effects are like `scale`. Local.
  void add(std::int32_t gene, const EffectScale& scale, std::span<const double> slopes,
           const DecoyStatistics& statistics);

  /// All that the ranks have, at root. Collective.
  AtRoot<GatheredDecoys> gather(std::int64_t genes, const Communicator& ranks);

  /// Bytes of so many effects while they are gathered: those of a rank while they come to be, and at root all
  /// of them, and their order. Local.
  static double bytes_of_rank(double effects) { return 2 * of_effect * effects; }
  static double bytes_of_root(double effects) { return (of_effect + sizeof(std::size_t)) * effects; }

 private:
  static constexpr double of_effect = 2 * sizeof(std::int32_t) + 2 * sizeof(double);

  std::vector<std::int32_t> decoys_;
  std::vector<std::int32_t> targets_;
  std::vector<double> effects_;
  std::vector<double> statistics_;
};

}  // namespace dko
