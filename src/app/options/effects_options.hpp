#pragma once
// Options of dko effects that dko estimate has, too: those that change what it takes.

#include "dko/command_line/command_line.hpp"
#include "dko/workflow/effects_plan.hpp"

namespace dko::app {

/// --top.
Option& add_top_effects(CommandLine& line, EffectsOptions& options);
/// --untouched.
Option& add_untouched(CommandLine& line, EffectsOptions& options);
/// --group-by.
Option& add_effect_groups(CommandLine& line, EffectsOptions& options);
/// --gene-sets.
Option& add_gene_sets(CommandLine& line, EffectsOptions& options);
/// --least-genes.
Option& add_least_genes(CommandLine& line, EffectsOptions& options);

}  // namespace dko::app
