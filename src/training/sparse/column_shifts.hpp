#pragma once

#include <cstdint>
#include <vector>

#include "dko/parallel/communicator.hpp"
#include "effect_statistics.hpp"

namespace dko {

/// What the slopes on a gene's presence have in common over the targets, which is no effect of the gene.
class ColumnShifts {
 public:
  explicit ColumnShifts(std::int64_t genes);

  /// Bytes of the slopes and errors. Local.
  static double bytes(std::int64_t genes);

  /// Notes slopes and errors (0: not known) of one target, if it is among those that are looked at.
  void note(std::int32_t target, const PresenceStatistics& statistics);
  /// Those of all ranks, each of which noted its own targets. Collective.
  void gather(const Communicator& communicator);

  struct Found {
    std::vector<double> of_genes;  ///< m_j
    double variance = 0;           ///< τ²
  };
  /// By effect_q_values.hpp. Local.
  Found find() const;

 private:
  std::int64_t genes_;
  std::int64_t stride_;        // every stride-th gene is a target
  std::vector<float> slopes_;  // targets × genes
  std::vector<float> errors_;
};

}  // namespace dko
