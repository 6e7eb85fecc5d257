#pragma once

#include "dko/parallel/at_root.hpp"
#include "dko/workflow/effects_plan.hpp"

namespace dko {

struct Effects {
  EffectTable table;
  EffectsNotes notes;
  double bytes_of_node = 0;  ///< that were asked for, at root's node
};

/// Reads the model and the data, computes the effects of every lost gene on all ranks, and returns them at
/// root. Memory and disk are looked at before. Collective.
/// @throws CollectiveFailure as plan_effects, require_memory and require_disk_space
AtRoot<Effects> run_effects(const EffectsOptions& options, Job& job);

}  // namespace dko
