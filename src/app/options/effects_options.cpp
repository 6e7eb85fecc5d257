#include "effects_options.hpp"

namespace dko::app {

Option& add_top_effects(CommandLine& line, EffectsOptions& options) {
  return line
      .option("top", options.filter.top, "K", "keep only the K largest effects of each lost gene; 0: all")
      .range(0, 1e7);
}

Option& add_untouched(CommandLine& line, EffectsOptions& options) {
  return line.flag(
      "untouched", options.with_untouched,
      "of a sparse mapping: also the genes that the lost one has no effect on, whose shares move "
      "only because all sum to 1");
}

Option& add_effect_groups(CommandLine& line, EffectsOptions& options) {
  return line.option(
      "group-by", options.group_by, "COLUMN",
      "also the means over the cells of each label of this column of obs (or of --obs-file), or over the "
      "cells that meet gene:NAME>2 and those that do not");
}

Option& add_gene_sets(CommandLine& line, EffectsOptions& options) {
  return line
      .option("gene-sets", options.gene_sets, "FILE",
              "also the change of the total share of each set of genes in this file (GMT), without the lost "
              "gene itself")
      .reads();
}

Option& add_least_genes(CommandLine& line, EffectsOptions& options) {
  return line
      .option("least-genes", options.least_genes, "N", "leave out sets with fewer than N genes of the model")
      .range(1, 1e7);
}

}  // namespace dko::app
