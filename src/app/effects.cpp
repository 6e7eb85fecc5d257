#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/effects/effect_lists.hpp"
#include "dko/workflow/effects_run.hpp"
#include "json_report.hpp"
#include "options/effects_options.hpp"
#include "options/input.hpp"
#include "options/screen_options.hpp"
#include "score_names.hpp"
#include "set_report.hpp"
#include "start_job.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

struct EffectsCommandOptions {
  EffectsOptions effects;
  std::string targets;
  std::string regulators;
  std::string sets;
  std::int64_t count = 10;
  CommonOptions common;
};

void add_choice_of_effects(CommandLine& line, EffectsOptions& options) {
  line.group("Choosing effects");
  line.option("knockout-genes", options.knockout_genes, "LIST",
              "lose only these genes, by name or accession, as --cells; default: all, one at a time")
      .reads();
  line.choice<EffectMeasure>(
          "by", options.filter.by, {{"change", EffectMeasure::change}, {"relative", EffectMeasure::relative}},
          "what ranks effects, and what --top and --least look at, by its size: the change of the share, or "
          "that relative to the rescaled share")
      .usual();
  add_top_effects(line, options).usual();
  line.option("least", options.filter.least, "X", "keep only effects of at least this size").range(0, 1e6);
  line.option("fdr", options.filter.fdr, "Q",
              "keep only effects that have a q-value, of Q at most (of a sparse mapping); 1: all")
      .range(0, 1)
      .usual();
  add_untouched(line, options);
  add_effect_groups(line, options).usual();
}

CommandLine line_of(EffectsCommandOptions& options) {
  CommandLine line(
      "effects MODEL INPUT -o EFFECTS [options]",
      "Predicts what losing each gene does to every other one, with sign: the mean change of its share "
      "beyond "
      "the\nrescaling of the genes that are left, over the cells that express the lost gene, as dko explain "
      "has it\nfor one loss. Writes genes lost × genes changed as a sparse AnnData file (h5ad). On all "
      "ranks.",
      "mpirun -n 4 dko effects model.h5 cells.h5ad -o effects.h5ad --targets-table targets.csv -n 20");
  line.argument("MODEL", options.effects.model);
  line.option("out,o", options.effects.out, "FILE", "the file to write (h5ad)").usual().required().writes();
  add_base(line, options.effects.base).usual();
  add_choice_of_effects(line, options.effects);
  line.group("Tables");
  line.option("targets-table", options.targets, "FILE",
              "write the genes that each lost gene changes most (CSV)")
      .writes()
      .usual();
  line.option("regulators-table", options.regulators, "FILE",
              "write the lost genes that change each gene most (CSV)")
      .writes()
      .usual();
  line.option(",n", options.count, "N", "how many of each gene in these tables, and of all in the terminal")
      .range(1, 1e7)
      .usual();
  line.group("Gene sets");
  add_gene_sets(line, options.effects).usual();
  add_least_genes(line, options.effects);
  line.option("sets-table", options.sets, "FILE", "write every set for each lost gene (CSV)").writes();
  add_input(line, options.effects.input, {.options = {"group-by"}, .model = TableUse::Model::required});
  add_common(line, options.common);
  line.check(require_sets_of_table);
  return line;
}

/// What is written, claimed by rank 0 before any computing.
struct Outputs {
  OutputFile file;
  std::optional<CsvWriter> targets;
  std::optional<CsvWriter> regulators;
  std::optional<CsvWriter> sets;
  JsonReport summary;

  explicit Outputs(const EffectsCommandOptions& options)
      : file(options.effects.out, options.common.force), summary(options.common) {
    const auto claim = [&](auto& output, const std::string& path) {
      if (!path.empty()) output.emplace(path, options.common.force);
    };
    claim(targets, options.targets);
    claim(regulators, options.regulators);
    claim(sets, options.sets);
  }
};

/// Why there is no effect, and what would give some.
std::string why_none(const Effects& effects) {
  const EffectFilter& filter = effects.notes.filter;
  if (filter.fdr < 1)
    return fmt::format(
        "no effect has a q-value of {} or less{}: a greater --fdr keeps more, without it all effects are "
        "kept\n",
        filter.fdr, filter.least > 0 ? " and the size of --least" : "");
  if (filter.least > 0) return fmt::format("no effect has a size of {} or more (--least)\n", filter.least);
  return "no loss of one of these genes changes another one beyond rescaling\n";
}

void print_effects(const Effects& effects, std::span<const EffectEntry> largest) {
  const EffectTable& table = effects.table;
  const EffectsNotes& notes = effects.notes;
  const EffectTable::Group& all = table.of_groups.front();
  const auto name = [&](std::int32_t gene) { return notes.genes[static_cast<std::size_t>(gene)]; };
  std::cout << fmt::format(
      "{} of losing each of {}, means over the cells that express it, on the {} profile\n",
      counted(table.entries(), "effect"), counted(table.rows(), "gene"), name_of(notes.base));
  if (largest.empty()) {
    std::cout << why_none(effects);
    return;
  }
  std::cout << fmt::format("the {} of largest {}\n", largest.size(),
                           notes.filter.by == EffectMeasure::change ? "change" : "relative change");
  std::vector<std::string> titles{"lost", "changed", "cells", "change", "relative"};
  if (notes.members > 1) titles.emplace_back("change_sd");
  if (table.has_q_values) titles.emplace_back("q");
  Table shown(titles);
  for (const EffectEntry& entry : largest) {
    std::vector<std::string> row{name(table.lost[entry.row]), name(table.genes[entry.at]),
                                 with_thousands(static_cast<std::int64_t>(all.both[entry.at])),
                                 signed_text(static_cast<double>(all.change[entry.at])),
                                 signed_text(static_cast<double>(all.relative[entry.at]), 3)};
    if (notes.members > 1) row.push_back(fmt::format("{:.6f}", all.change_sd[entry.at]));
    if (table.has_q_values) row.push_back(q_value_text(static_cast<double>(table.q[entry.at])));
    shown.add(row);
  }
  std::cout << shown.text() << (table.has_q_values ? effect_q_note("q") : "");
}

/// What is told of a set's change by one loss.
struct SetRow {
  std::string gene_lost, set;
  std::int64_t genes, cells;
  double change, relative;
};

SetRow row_of(const Effects& effects, const SetChange& entry) {
  const EffectTable& table = effects.table;
  const EffectTable::Group& all = table.of_groups.front();
  const std::vector<GeneSet>& sets = effects.notes.sets;
  const std::int32_t lost = table.lost[entry.row];
  const std::size_t at = entry.row * sets.size() + entry.set;
  return {effects.notes.genes[static_cast<std::size_t>(lost)],
          sets[entry.set].name,
          genes_left(sets[entry.set].genes, lost),
          all.cells[entry.row],
          all.set_change[at],
          all.set_relative[at]};
}

/// Shows the sets that change most by one loss; nothing without sets.
void print_sets(const Effects& effects, std::span<const SetChange> largest) {
  const EffectsNotes& notes = effects.notes;
  if (notes.sets.empty()) return;
  const std::string count = counted(std::ssize(notes.sets), "set");
  if (largest.empty()) {
    std::cout << fmt::format("\n{} of genes: none changes beyond rescaling\n", count);
    return;
  }
  std::cout << fmt::format("\n{} of genes, by each loss, the {} of largest {}; not tested for significance\n",
                           count, largest.size(),
                           notes.filter.by == EffectMeasure::change ? "change" : "relative change");
  Table shown({"lost", "set", "genes", "cells", "change", "relative"});
  for (const SetChange& entry : largest) {
    const SetRow row = row_of(effects, entry);
    shown.add({row.gene_lost, row.set, with_thousands(row.genes), with_thousands(row.cells),
               signed_text(row.change), signed_text(row.relative, 3)});
  }
  std::cout << shown.text();
}

nlohmann::ordered_json sets_json(const Effects& effects, std::span<const SetChange> largest) {
  auto json = nlohmann::ordered_json::array();
  for (const SetChange& entry : largest) {
    const SetRow row = row_of(effects, entry);
    json.push_back({{"gene_lost", row.gene_lost},
                    {"set", row.set},
                    {"genes", row.genes},
                    {"cells", row.cells},
                    {"change", row.change},
                    {"relative", row.relative}});
  }
  return json;
}

nlohmann::ordered_json json_of(const Effects& effects, std::span<const EffectEntry> largest) {
  const EffectTable& table = effects.table;
  const Names& genes = effects.notes.genes;
  nlohmann::ordered_json json{{"provenance", to_json(effects.notes.provenance)},
                              {"lost", table.rows()},
                              {"genes", genes.size()},
                              {"effects", table.entries()},
                              {"members", effects.notes.members},
                              {"base", name_of(effects.notes.base)},
                              {"groups", effects.notes.labels},
                              {"sets", effects.notes.sets.size()},
                              {"top", nlohmann::ordered_json::array()}};
  for (const EffectEntry& entry : largest) {
    const EffectTable::Group& all = table.of_groups.front();
    nlohmann::ordered_json row{{"gene_lost", genes[static_cast<std::size_t>(table.lost[entry.row])]},
                               {"gene", genes[static_cast<std::size_t>(table.genes[entry.at])]},
                               {"change", all.change[entry.at]},
                               {"relative", all.relative[entry.at]},
                               {"cells", static_cast<std::int64_t>(all.both[entry.at])}};
    if (!all.change_sd.empty()) row["change_sd"] = all.change_sd[entry.at];
    if (table.has_q_values) row["q"] = table.q[entry.at];
    json["top"].push_back(row);
  }
  return json;
}

Names names_of(const std::vector<GeneSet>& sets) {
  Names names;
  for (const GeneSet& set : sets) names.push_back(set.name);
  return names;
}

void write_tables(const Effects& effects, const EffectsCommandOptions& options, Outputs& outputs) {
  const EffectTable& table = effects.table;
  const EffectsNotes& notes = effects.notes;
  const EffectMeasure by = notes.filter.by;
  if (outputs.targets)
    write_effect_list(table, top_targets(table, by, options.count), EffectsOf::lost, notes.genes,
                      *outputs.targets);
  if (outputs.regulators)
    write_effect_list(table, top_regulators(table, by, options.count), EffectsOf::changed, notes.genes,
                      *outputs.regulators);
  if (outputs.sets)
    write_set_list(table, names_of(notes.sets), members_of(notes.sets), notes.genes, notes.labels,
                   *outputs.sets);
}

void run(const EffectsCommandOptions& options, const Context& context) {
  Job job = start_job(context, options.common, 0);
  AtRoot<Outputs> outputs = on_root(job.ranks(), [&] { return Outputs(options); });
  const AtRoot<Effects> effects = run_effects(options.effects, job);
  on_root(job.ranks(), [&] {
    const std::vector<EffectEntry> largest =
        top_effects(effects->table, options.effects.filter.by, options.count);
    print_effects(*effects, largest);
    const std::vector<SetChange> sets =
        top_set_changes(effects->table, effects->notes.sets.size(), options.effects.filter.by, options.count);
    print_sets(*effects, sets);
    const double bytes = effects_file_bytes(static_cast<double>(effects->table.rows()),
                                            static_cast<double>(effects->table.entries()), effects->notes);
    require_disk_space(options.effects.out, bytes, "the effects");
    write_effects_file(outputs->file, effects->table, effects->notes);
    write_tables(*effects, options, *outputs);
    outputs->file.commit();  // where a table cannot be written, the effects get no name either
    nlohmann::ordered_json json = json_of(*effects, largest);
    json["top_sets"] = sets_json(*effects, sets);
    json["memory"] = {{"bytes_per_node", effects->bytes_of_node}};
    outputs->summary.write(json);
  });
}

}  // namespace

std::unique_ptr<Command> effects_command() {
  return make_command<EffectsCommandOptions>(line_of, run);
}

}  // namespace dko::app
