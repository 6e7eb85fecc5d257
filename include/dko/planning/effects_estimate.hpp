#pragma once
// What a job of dko effects will take: time, memory, disk.

#include <cstdint>

#include "dko/planning/estimate.hpp"
#include "dko/workflow/effects_plan.hpp"

namespace dko {

struct EffectsEstimate {
  JobSize size;
  std::int64_t genes = 0;
  std::int64_t cells = 0;
  std::int64_t lost = 0;
  std::int64_t sets = 0;
  std::int64_t labels = 0;      ///< of --group-by
  double entries = 0;           ///< of the table, at most
  double collapse_seconds = 0;  ///< A = W2·W1 of all members, by the ranks of each node
  double intact_seconds = 0;    ///< outputs of intact cells, likewise
  double row_seconds = 0;       ///< rows, by all ranks
  double table_seconds = 0;     ///< rows put into the table, by rank 0
  double bytes_per_node = 0;    ///< by which the job refuses to start
  double file_bytes = 0;        ///< at most; with --least or --fdr without effects

  double wall_seconds() const;  ///< without what is not estimated: reading, writing
  double node_hours() const;
};

/// Reads model and data; computes and writes nothing. Local. @throws as plan_effects
EffectsEstimate estimate_effects(const EffectsOptions& options, const JobSize& size, Job& job);

}  // namespace dko
