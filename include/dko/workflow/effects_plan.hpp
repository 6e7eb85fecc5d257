#pragma once
// What dko effects is asked, and what rank 0 has read before it computes.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/knockout/effects/effects_cost.hpp"
#include "dko/mapping/model.hpp"
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

struct EffectsPlan {
  Model model;  ///< of the sparse kind also where its members are collapsed: for their q-values
  std::vector<Member> members;
  RelativeProfiles profiles;
  EffectsRequest request;
  EffectsNotes notes;
  double bytes_of_node = 0;  ///< of memory, once a job has asked for them
};

/// Reads the model and the data, and finds what is asked of them; computes nothing. Local: rank 0.
/// @throws as load_input, read_obs, group_cells, read_gene_sets, choose_base; InputError for a limit on
///         q-values where the model has none
EffectsPlan plan_effects(const EffectsOptions& options, Job& job);

/// How many entries the table may have. Local.
double most_entries(const EffectsPlan& plan, const EffectFilter& filter);

/// Bytes that the job takes on a node of so many ranks, at most: what it refuses to start by. Local.
double effects_bytes(const EffectsPlan& plan, const EffectFilter& filter, int ranks);

/// Upper bound of the bytes of the file. Where a filter limits what is kept, their number is unknown: then
/// those of a file without effects. Local.
double effects_file_bytes(const EffectsPlan& plan, const EffectFilter& filter);

/// Seconds of a core, without reading, collapsing and writing. Local.
EffectsSeconds effects_seconds(const EffectsPlan& plan);

}  // namespace dko
