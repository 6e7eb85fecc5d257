#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "dko/base/csv_writer.hpp"
#include "dko/base/error.hpp"
#include "dko/base/name_list.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/explanation.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/base_choice.hpp"
#include "dko/workflow/visibility_notes.hpp"
#include "json_report.hpp"
#include "options/direction_options.hpp"
#include "options/input.hpp"
#include "options/screen_options.hpp"
#include "score_names.hpp"
#include "set_report.hpp"
#include "start_job.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

struct ExplainOptions {
  std::string model;
  InputOptions input;
  std::vector<std::string> knockout;
  std::string cell;
  std::optional<Base> base;
  DirectionRequest direction;
  std::int64_t count = 10;
  ChangeOrder order = ChangeOrder::network_change;
  std::string out;
  SetOptions sets;
  CommonOptions common;
};

CommandLine line_of(ExplainOptions& options) {
  CommandLine line(
      "explain MODEL INPUT --knockout A,B [options]",
      "Predicts what one knockout does to every gene, with sign: in one cell, or on average over "
      "all cells that\nexpress the lost genes. network_change is what goes beyond the rescaling "
      "of the genes that are left.",
      "dko explain model.h5 expression.csv --knockout Trem2,Cd74 --cell cell17 -o changes.csv");
  line.argument("MODEL", options.model);
  line.list("knockout,k", options.knockout, "G",
            "the genes to lose together, by name, with commas or blanks between; #7 is gene number 7, from 0")
      .usual()
      .required();
  line.option(
          "cell", options.cell, "C",
          "in this cell, by name, or #7 for number 7; default: the average over all cells that express the "
          "genes")
      .usual();
  line.option(",n", options.count, "N", "how many genes to show beside the lost ones").range(1, 1e7).usual();
  line.choice<ChangeOrder>("by", options.order,
                           {{"network-change", ChangeOrder::network_change}, {"change", ChangeOrder::change}},
                           "what ranks the genes, by its size")
      .usual();
  add_base(line, options.base).usual();
  line.option("out,o", options.out, "FILE", "write all genes (CSV)").usual().writes();
  add_set_options(line, options.sets, "the change beyond rescaling, relative to the rescaled share");
  add_input(line, options.input, {{"from", "toward"}, TableUse::Model::required});
  add_direction_options(line, options.direction);
  add_common(line, options.common);
  line.check([&options](const CommandLine&) {
    require_whole(options.direction);
    options.input.named = options.direction.ends();
  });
  return line;
}

/// One q-value for each gene; none where they were not computed.
struct DirectQValues {
  std::vector<std::optional<double>> of_genes;
  bool could_be = false;  // whether the mapping is of a kind that has some
};

/// One knockout, and what it takes to explain it.
struct Question {
  std::vector<std::int32_t> removed;  // ascending
  std::vector<std::int64_t> cells;
  std::vector<CollapsedMapping> members;
  Base base = Base::fitted;
  RelativeProfiles matrix;
  std::optional<FromTo> from_to = {};
  std::optional<Direction> direction = {};  // once it is found
  DirectQValues q_values = {};              // at root only
  std::vector<GeneSet> sets = {};           // likewise
};

/// What is written, claimed by rank 0 before any computing.
struct Outputs {
  std::optional<CsvWriter> changes;
  SetOutputs sets;
  JsonReport summary;

  explicit Outputs(const ExplainOptions& options)
      : changes(options.out.empty()
                    ? std::optional<CsvWriter>()
                    : std::optional<CsvWriter>(std::in_place, options.out, options.common.force)),
        sets(options.sets, options.common.force),
        summary(options.common) {}
};

/// The genes of --knockout: each word is a gene, or several with commas between.
std::vector<std::int32_t> removed_genes(const ExplainOptions& options, const ExpressionMatrix& matrix,
                                        Log& log) {
  const NameIndex index = matrix.gene_index();
  std::vector<std::int32_t> genes;
  for (const std::string& word : options.knockout) {
    for (const std::int32_t gene : single_names(word, index, "--knockout", log)) {
      if (std::find(genes.begin(), genes.end(), gene) != genes.end())
        throw UsageError(fmt::format("--knockout names {} twice", index.name(gene)));
      genes.push_back(gene);
    }
  }
  std::sort(genes.begin(), genes.end());
  return genes;
}

std::string names_of(std::span<const std::int32_t> genes, const ExpressionMatrix& matrix) {
  std::string text;
  for (const std::int32_t gene : genes)
    text +=
        fmt::format("{}{}", text.empty() ? "" : ", ", matrix.gene_names()[static_cast<std::size_t>(gene)]);
  return text;
}

/// The cell that --cell names. @throws InputError if the genes cannot be lost in it.
std::int64_t named_cell(const std::string& text, std::span<const std::int32_t> removed,
                        const ExpressionMatrix& matrix, Log& log) {
  Names notes;
  const std::int64_t cell = matrix.cell_index().single(text, "--cell", notes);
  for (const std::string& note : notes) log.info("--cell: {}", note);
  const std::string& name = matrix.cell_names()[static_cast<std::size_t>(cell)];
  for (const std::int32_t gene : removed) {
    if (!matrix.expresses(cell, gene))
      throw InputError(fmt::format("--knockout: cell {} does not express {}: there is nothing to lose", name,
                                   names_of(std::array{gene}, matrix)));
  }
  if (matrix.expressed_count(cell) == std::ssize(removed))
    throw InputError(fmt::format("--knockout: cell {} expresses no other gene: nothing would be left", name));
  return cell;
}

std::vector<std::int64_t> cells_asked_for(const ExplainOptions& options,
                                          std::span<const std::int32_t> removed,
                                          const std::optional<FromTo>& from_to,
                                          const ExpressionMatrix& matrix, Log& log) {
  if (!options.cell.empty()) return {named_cell(options.cell, removed, matrix, log)};
  std::vector<std::int64_t> cells = cells_to_knock_out(matrix, removed);
  if (from_to) {
    std::erase_if(cells, [&](std::int64_t cell) {
      return !std::binary_search(from_to->from_cells.begin(), from_to->from_cells.end(), cell);
    });
  }
  if (cells.empty())
    throw InputError(fmt::format("--knockout: no cell{} expresses {} beside another gene",
                                 from_to ? " of --from" : "", names_of(removed, matrix)));
  return cells;
}

void check_memory(const Question& question, const Model& model, const Job& job) {
  const int ranks = job.nodes.node.size();
  require_memory(
      explanation_bytes(question.matrix, question.cells, model.kind(), std::ssize(model.members), ranks),
      fmt::format("explaining a knockout of {} on {} of this node", counted(std::ssize(model.genes), "gene"),
                  counted(ranks, "rank")));
}

Question find_question(const ExplainOptions& options, Job& job) {
  Question question;
  const Model model = read_model(options.model);
  CellsToScreen cells;
  question.matrix = load_input(options.input, model, options.model, job, &cells).relative_profiles();
  if (options.direction.is_given())
    question.from_to = from_to_of(options.direction, std::move(cells.named), question.matrix, job.log);
  question.base = choose_base(options.base, model, options.model, job.log);
  question.removed = removed_genes(options, question.matrix, job.log);
  warn_of_invisible(question.removed, model.genes, model.visibility, job.log);
  question.cells = cells_asked_for(options, question.removed, question.from_to, question.matrix, job.log);
  check_memory(question, model, job);
  question.members = collapse(model);
  question.sets =
      sets_asked_for(options.sets, question.matrix.gene_names(), question.matrix.gene_ids(), job.log);
  question.q_values = {direct_q_values(model, question.removed), model.kind() == MappingKind::sparse};
  return question;
}

/// The question, on every rank. Collective.
Question replicate(const NodeGroup& nodes, AtRoot<Question> question) {
  std::optional<FromTo> from_to;
  auto given_ends = question.take(&Question::from_to);
  if (nodes.all.broadcast(given_ends.transform([](const auto& ends) { return ends.has_value(); })))
    from_to = FromTo::replicate(nodes.all,
                                given_ends.is_here() ? AtRoot(std::move(**given_ends)) : AtRoot<FromTo>());
  return {nodes.all.broadcast(question.take(&Question::removed)),
          nodes.all.broadcast(question.take(&Question::cells)),
          dko::replicate(nodes, question.take(&Question::members)),
          static_cast<Base>(nodes.all.broadcast(question.transform(
              [](const Question& asked) { return static_cast<std::int64_t>(asked.base); }))),
          RelativeProfiles::replicate(nodes, question.take(&Question::matrix)),
          std::move(from_to)};
}

const std::string& gene_name(const Question& question, const GeneChange& gene) {
  return question.matrix.gene_names()[static_cast<std::size_t>(gene.gene)];
}

void write_changes(const Question& question, const Explanation& explanation, bool has_q_values,
                   CsvWriter& csv) {
  const bool is_ensemble = question.members.size() > 1;
  for (const char* title : {"gene", "knocked_out", "cells", "share_before", "share_after", "change",
                            "renormalised", "network_change", "log2_ratio"})
    csv.field(title);
  if (is_ensemble) csv.field("change_sd").field("network_change_sd");
  if (has_q_values) csv.field("direct_q");
  csv.end_row();
  for (const GeneChange& gene : explanation.genes) {
    csv.field(gene_name(question, gene)).field(gene.is_removed ? 1 : 0).field(gene.cells);
    for (const double value : {gene.before, gene.after, gene.change, gene.renormalised, gene.network_change})
      csv.field(value);
    const auto field_of = [&](const std::optional<double>& value) {
      if (value)
        csv.field(*value);
      else
        csv.field("");
    };
    field_of(gene.log2_ratio);
    if (is_ensemble) csv.field(gene.change_sd).field(gene.network_change_sd);
    if (has_q_values) field_of(gene.direct_q);
    csv.end_row();
  }
  csv.finish();
}

/// The genes that are shown: the lost ones, and as many more as were asked for.
std::span<const GeneChange> shown(const Explanation& explanation, const Question& question,
                                  const ExplainOptions& options) {
  const std::span<const GeneChange> genes(explanation.genes);
  return genes.first(
      std::min(genes.size(), question.removed.size() + static_cast<std::size_t>(options.count)));
}

std::string signed_text(double value) {
  return value == 0 ? "0" : fmt::format("{:+.6f}", value);
}

std::string where(const Question& question, const ExplainOptions& options) {
  if (options.cell.empty()) return fmt::format("mean over {}", counted(std::ssize(question.cells), "cell"));
  return "in " + question.matrix.cell_names()[static_cast<std::size_t>(question.cells.front())];
}

/// "impact 0.012345", of an ensemble with " ± 0.001234".
std::string score_text(const char* name, double score, double sd, bool is_ensemble) {
  return fmt::format("{} {:.6f}{}", name, score, is_ensemble ? fmt::format(" ± {:.6f}", sd) : "");
}

std::string scores_text(const Question& question, const Explanation& explanation) {
  const bool is_ensemble = question.members.size() > 1;
  const KnockoutScores& scores = explanation.scores;
  std::string text = score_text("impact", scores.impact, scores.impact_sd, is_ensemble) + ", " +
                     score_text("network", scores.network, scores.network_sd, is_ensemble);
  if (question.direction) {
    text += ", " + score_text("shift", scores.shift, scores.shift_sd, is_ensemble) + ", " +
            score_text("approach", scores.approach, scores.approach_sd, is_ensemble);
    if (explanation.interactions)
      text += ", " + score_text("shift-interaction", explanation.interactions->shift,
                                explanation.interactions->shift_sd, is_ensemble);
  }
  if (!explanation.interactions) return text;
  const KnockoutScores& both = *explanation.interactions;
  return text + ", " + score_text("interaction", both.impact, both.impact_sd, is_ensemble) + ", " +
         score_text("network-interaction", both.network, both.network_sd, is_ensemble);
}

void print_changes(const Question& question, const Explanation& explanation, const DirectQValues& q_values,
                   const ExplainOptions& options) {
  const bool is_ensemble = question.members.size() > 1;
  std::vector<std::string> titles{"gene"};
  if (options.cell.empty()) titles.emplace_back("cells");
  for (const char* title : {"before", "after", "change", "renormalised", "network_change", "log2_ratio"})
    titles.emplace_back(title);
  if (is_ensemble) titles.insert(titles.end(), {"change_sd", "network_change_sd"});
  const bool has_q_values = !q_values.of_genes.empty();
  if (has_q_values) titles.emplace_back("direct_q");
  Table table(titles);
  for (const GeneChange& gene : shown(explanation, question, options)) {
    std::vector<std::string> row{gene_name(question, gene) + (gene.is_removed ? " (lost)" : "")};
    if (options.cell.empty()) row.push_back(with_thousands(gene.cells));
    row.push_back(fmt::format("{:.6f}", gene.before));
    row.push_back(fmt::format("{:.6f}", gene.after));
    row.push_back(signed_text(gene.change));
    row.push_back(fmt::format("{:.6f}", gene.renormalised));
    row.push_back(signed_text(gene.network_change));
    row.push_back(gene.log2_ratio ? fmt::format("{:+.3f}", *gene.log2_ratio) : "");
    if (is_ensemble) {
      row.push_back(fmt::format("{:.6f}", gene.change_sd));
      row.push_back(fmt::format("{:.6f}", gene.network_change_sd));
    }
    if (has_q_values) row.push_back(gene.direct_q ? q_value_text(*gene.direct_q) : "");
    table.add(row);
  }
  std::cout << fmt::format("loss of {}, {}, on the {} profile: {}\n",
                           names_of(question.removed, question.matrix), where(question, options),
                           name_of(question.base), scores_text(question, explanation))
            << fmt::format("{}, the lost genes and the largest {} of {}\n",
                           counted(std::ssize(shown(explanation, question, options)), "gene"),
                           options.order == ChangeOrder::change ? "change" : "network_change",
                           with_thousands(std::ssize(explanation.genes)))
            << table.text();
  if (q_values.could_be && !has_q_values)
    std::cout << "q-values of the effects: not computed by the version that made the model\n";
}

nlohmann::ordered_json to_json(const KnockoutScores& scores, bool is_ensemble, bool is_directed) {
  nlohmann::ordered_json json{{"impact", scores.impact}, {"network", scores.network}};
  if (is_ensemble) json.update({{"impact_sd", scores.impact_sd}, {"network_sd", scores.network_sd}});
  if (is_directed) json.update({{"shift", scores.shift}, {"approach", scores.approach}});
  if (is_directed && is_ensemble)
    json.update({{"shift_sd", scores.shift_sd}, {"approach_sd", scores.approach_sd}});
  return json;
}

nlohmann::ordered_json to_json(const Question& question, const Explanation& explanation,
                               const ExplainOptions& options, const Provenance& provenance) {
  const bool is_ensemble = question.members.size() > 1;
  const bool is_directed = question.direction.has_value();
  nlohmann::ordered_json json{{"provenance", app::to_json(provenance)},
                              {"model", options.model},
                              {"knockout", nlohmann::ordered_json::array()},
                              {"cells", explanation.cells},
                              {"members", question.members.size()},
                              {"base", name_of(question.base)},
                              {"scores", to_json(explanation.scores, is_ensemble, is_directed)}};
  for (const std::int32_t gene : question.removed)
    json["knockout"].push_back(question.matrix.gene_names()[static_cast<std::size_t>(gene)]);
  if (!options.cell.empty())
    json["cell"] = question.matrix.cell_names()[static_cast<std::size_t>(question.cells.front())];
  if (explanation.interactions)
    json["interactions"] = to_json(*explanation.interactions, is_ensemble, is_directed);
  for (const GeneChange& gene : shown(explanation, question, options)) {
    nlohmann::ordered_json entry{{"gene", gene_name(question, gene)},
                                 {"knocked_out", gene.is_removed},
                                 {"cells", gene.cells},
                                 {"share_before", gene.before},
                                 {"share_after", gene.after},
                                 {"change", gene.change},
                                 {"renormalised", gene.renormalised},
                                 {"network_change", gene.network_change}};
    if (gene.log2_ratio) entry["log2_ratio"] = *gene.log2_ratio;
    if (gene.direct_q) entry["direct_q"] = *gene.direct_q;
    if (is_ensemble)
      entry.update({{"change_sd", gene.change_sd}, {"network_change_sd", gene.network_change_sd}});
    json["genes"].push_back(entry);
  }
  return json;
}

void run(const ExplainOptions& options, const Context& context) {
  Job job = start_job(context, options.common, 0);
  AtRoot<Outputs> outputs = on_root(job.ranks(), [&] { return Outputs(options); });
  AtRoot<Question> asked = on_root(job.ranks(), [&] { return find_question(options, job); });
  const AtRoot<DirectQValues> q_values = asked.take(&Question::q_values);
  const AtRoot<std::vector<GeneSet>> sets = asked.take(&Question::sets);
  Question question = replicate(job.nodes, std::move(asked));
  if (question.from_to) {
    question.direction = on_every_rank(job.ranks(), [&] {
      return find_direction(*question.from_to, question.matrix, question.members, question.base, job.ranks());
    });
  }
  AtRoot<Explanation> explanation =
      explain_knockout(question.matrix, question.members, question.removed, question.cells, job.ranks(),
                       question.base, question.direction ? &*question.direction : nullptr);
  on_root(job.ranks(), [&] {
    sort_changes(explanation->genes, options.order);
    const bool has_q_values = !q_values->of_genes.empty();
    for (GeneChange& gene : explanation->genes)
      if (has_q_values) gene.direct_q = q_values->of_genes[static_cast<std::size_t>(gene.gene)];
    print_changes(question, *explanation, *q_values, options);
    if (outputs->changes) write_changes(question, *explanation, has_q_values, *outputs->changes);
    nlohmann::ordered_json json = to_json(question, *explanation, options, job.provenance);
    const nlohmann::ordered_json tested =
        report_sets(relative_changes(*explanation, question.members), question.matrix.gene_names(), *sets,
                    options.sets, options.count, outputs->sets);
    if (!options.sets.gene_sets.empty()) json["sets"] = tested;
    outputs->summary.write(json);
  });
}

}  // namespace

std::unique_ptr<Command> explain_command() {
  return make_command<ExplainOptions>(line_of, run);
}

}  // namespace dko::app
