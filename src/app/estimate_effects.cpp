#include "estimate_effects.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "estimate_report.hpp"
#include "options/effects_options.hpp"
#include "set_report.hpp"
#include "table.hpp"

namespace dko::app {

void add_effects_options(CommandLine& line, AllEffectsOptions& options) {
  EffectsOptions& effects = options.effects;
  line.group("Effects");
  line.flag("all-effects", options.asked,
            "what dko effects takes with this --model and --knockout-genes, and the following options");
  add_top_effects(line, effects);
  add_untouched(line, effects);
  add_effect_groups(line, effects);
  add_gene_sets(line, effects);
  add_least_genes(line, effects);
}

void check_effects_options(const CommandLine& parsed, bool asked) {
  for (const char* option : {"top", "untouched", "group-by", "gene-sets", "least-genes"})
    if (!asked && parsed.given(option)) throw UsageError(fmt::format("--{} is for --all-effects", option));
  if (!asked) return;
  if (!parsed.given("model")) throw UsageError("--all-effects is of a model: give --model and INPUT");
  require_sets_of_table(parsed);
  for (const char* option : {"order", "sample", "events", "score", "activate", "knockdown", "keep", "keep-by",
                             "threshold", "knockout-cells", "knockout-where", "from", "toward",
                             "toward-profile", "obs", "memory", "instructions"})
    if (parsed.given(option))
      throw UsageError(fmt::format("--{} is of a screen, and --all-effects of the effects", option));
}

nlohmann::ordered_json to_json(const EffectsEstimate& estimate) {
  return {{"genes", estimate.genes},
          {"cells", estimate.cells},
          {"nodes", estimate.size.nodes},
          {"ranks", estimate.size.ranks()},
          {"core_speed", estimate.size.core_speed},
          {"lost", estimate.lost},
          {"sets", estimate.sets},
          {"labels", estimate.labels},
          {"most_effects", estimate.entries},
          {"collapse_seconds", estimate.collapse_seconds},
          {"intact_seconds", estimate.intact_seconds},
          {"row_seconds", estimate.row_seconds},
          {"table_seconds", estimate.table_seconds},
          {"wall_seconds", estimate.wall_seconds()},
          {"node_hours", estimate.node_hours()},
          {"bytes_per_node", estimate.bytes_per_node},
          {"bytes_on_disk", {{"effects", estimate.file_bytes}, {"total", estimate.file_bytes}}}};
}

std::string text_of(const EffectsEstimate& estimate) {
  Table table({"what", "estimate", "of it"});
  table.add({"lost genes", with_thousands(estimate.lost),
             fmt::format("of {}, in {}", counted(estimate.genes, "gene"), counted(estimate.cells, "cell"))});
  table.add({"effects", with_thousands(static_cast<std::int64_t>(estimate.entries)), "at most"});
  table.add({"ranks", with_thousands(estimate.size.ranks()), counted(estimate.size.nodes, "node")});
  if (estimate.collapse_seconds > 0)
    table.add({"computing A", time_text(estimate.collapse_seconds), "by the ranks of each node"});
  table.add({"intact cells", time_text(estimate.intact_seconds), "by the ranks of each node"});
  table.add({"losing genes", time_text(estimate.row_seconds), "by all ranks"});
  table.add({"table", time_text(estimate.table_seconds), "by one rank"});
  table.add({"in all", time_text(estimate.wall_seconds()),
             fmt::format("{:.4g} node hours, without reading and writing", estimate.node_hours())});
  table.add({"memory of a node", human_bytes(estimate.bytes_per_node),
             fmt::format("of {}", counted(estimate.size.ranks_per_node, "rank"))});
  table.add({"disk", human_bytes(estimate.file_bytes), "at most"});
  return table.text();
}

}  // namespace dko::app
