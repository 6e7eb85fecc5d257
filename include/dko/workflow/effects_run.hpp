#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dko/parallel/at_root.hpp"
#include "dko/results/effects/effect_table.hpp"
#include "dko/results/effects/effects_file.hpp"
#include "dko/workflow/input_data.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// What is asked of all effects at once.
struct EffectsOptions {
  std::string model;
  InputOptions input;
  std::string out;             ///< the file to be written, for which there must be disk space
  std::string knockout_genes;  ///< to lose: file or names; empty: all
  std::optional<Base> base;
  EffectFilter filter;
  bool with_untouched = false;
  std::string group_by;          ///< column of the cells; empty: none
  std::string gene_sets;         ///< GMT file; empty: none
  std::int64_t least_genes = 5;  ///< a set must have so many known genes
};

struct Effects {
  EffectTable table;
  EffectsNotes notes;
};

/// Reads the model and the data, computes the effects of every lost gene on all ranks, and returns them at
/// root. Memory and disk are looked at before. Collective.
/// @throws CollectiveFailure as load_input, read_obs, group_cells, read_gene_sets, choose_base,
/// require_memory, require_disk_space;
///         InputError for a limit on q-values where the model has none
AtRoot<Effects> run_effects(const EffectsOptions& options, Job& job);

}  // namespace dko
