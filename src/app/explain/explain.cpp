#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/json_report.hpp"
#include "app/options/screen_options.hpp"
#include "app/start_job.hpp"
#include "dko/base/error.hpp"
#include "dko/base/name_list.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/decoys_file.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/base_choice.hpp"
#include "dko/workflow/visibility_notes.hpp"
#include "explain_report.hpp"

namespace dko::app {

namespace {

void check_options(ExplainOptions& options) {
  require_whole(options.direction);
  options.input.named = options.direction.ends();
  if (options.knockout.empty() && options.activate.empty())
    throw UsageError("give the genes to lose with --knockout, or those to switch on with --activate");
  if (options.all_genes && !options.sets.any())
    throw UsageError("--all-genes is of --gene-sets and --rnk: give one of them");
  if (options.presence > 0 && options.knockout.empty())
    throw UsageError("--knockdown is of the genes of --knockout: give them");
}

CommandLine line_of(ExplainOptions& options) {
  CommandLine line("explain MODEL INPUT --knockout A,B [options]",
                   "Predicts what one knockout, or genes that are switched on, do to every gene, with sign: "
                   "in one cell, or "
                   "on average\nover all cells that express the lost genes and lack the others. "
                   "network_change is what goes beyond the rescaling "
                   "of the genes that are left.",
                   "dko explain model.h5 expression.csv --knockout Trem2,Cd74 --cell cell17 -o changes.csv");
  line.argument("MODEL", options.model);
  line.list("knockout,k", options.knockout, "G",
            "the genes to lose together, by name, with commas or blanks between; #7 is gene number 7, from 0")
      .usual();
  line.list("activate", options.activate, "G",
            "genes to switch on, in cells that lack them, likewise; with --knockout both at once")
      .usual();
  line.option("knockdown", options.presence, "F",
              "lost genes keep a part F of their presence and of their share: 0 is a knockout")
      .range(0, 0.999999)
      .excludes("activate");
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
  add_set_options(line, options.sets,
                  "the change beyond rescaling, relative to the rescaled share, of visible genes");
  line.flag("all-genes", options.all_genes,
            "with --gene-sets and --rnk: of all genes that these cells express, also those whose own loss "
            "cannot be seen in the data");
  add_input(line, options.input, {{"from", "toward"}, TableUse::Model::required});
  add_direction_options(line, options.direction);
  add_common(line, options.common);
  line.check([&options](const CommandLine&) { check_options(options); });
  return line;
}

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

/// The genes of --knockout or --activate, ascending: each word is a gene, or several with commas between.
std::vector<std::int32_t> genes_of(const std::vector<std::string>& words, const char* option,
                                   const ExpressionMatrix& matrix, Log& log) {
  const NameIndex index = matrix.gene_index();
  std::vector<std::int32_t> genes;
  for (const std::string& word : words) {
    for (const std::int32_t gene : single_names(word, index, option, log)) {
      if (std::find(genes.begin(), genes.end(), gene) != genes.end())
        throw UsageError(fmt::format("{} names {} twice", option, index.name(gene)));
      genes.push_back(gene);
    }
  }
  std::sort(genes.begin(), genes.end());
  return genes;
}

/// Sets the genes that are lost, and those that are switched on. @throws UsageError for a gene that is both
void find_genes(Question& question, const ExplainOptions& options, Log& log) {
  question.removed = genes_of(options.knockout, "--knockout", question.matrix, log);
  question.others = {genes_of(options.activate, "--activate", question.matrix, log), options.presence};
  for (const std::int32_t gene : question.others.added) {
    if (std::binary_search(question.removed.begin(), question.removed.end(), gene))
      throw UsageError(fmt::format("{} is in --knockout and in --activate: it can be one of them",
                                   question.matrix.gene_names()[static_cast<std::size_t>(gene)]));
  }
}

/// The cell that --cell names. @throws InputError if the genes cannot be lost, or switched on, in it.
std::int64_t named_cell(const std::string& text, std::span<const std::int32_t> removed,
                        std::span<const std::int32_t> added, const ExpressionMatrix& matrix, Log& log) {
  Names notes;
  const std::int64_t cell = matrix.cell_index().single(text, "--cell", notes);
  for (const std::string& note : notes) log.info("--cell: {}", note);
  const std::string& name = matrix.cell_names()[static_cast<std::size_t>(cell)];
  for (const std::int32_t gene : removed) {
    if (!matrix.expresses(cell, gene))
      throw InputError(fmt::format("--knockout: cell {} does not express {}: there is nothing to lose", name,
                                   names_of(std::array{gene}, matrix)));
  }
  for (const std::int32_t gene : added) {
    if (matrix.expresses(cell, gene))
      throw InputError(fmt::format("--activate: cell {} expresses {} already: there is nothing to switch on",
                                   name, names_of(std::array{gene}, matrix)));
  }
  if (matrix.expressed_count(cell) == std::ssize(removed))
    throw InputError(fmt::format("--knockout: cell {} expresses no other gene: nothing would be left", name));
  return cell;
}

std::vector<std::int64_t> cells_asked_for(const ExplainOptions& options,
                                          std::span<const std::int32_t> removed,
                                          std::span<const std::int32_t> added,
                                          const std::optional<FromTo>& from_to,
                                          const ExpressionMatrix& matrix, Log& log) {
  if (!options.cell.empty()) {
    const std::int64_t cell = named_cell(options.cell, removed, added, matrix, log);
    if (from_to && !std::binary_search(from_to->from_cells.begin(), from_to->from_cells.end(), cell))
      throw InputError(fmt::format("--cell: cell {} is not in --from {}: name one of these",
                                   shown_name(matrix.cell_names()[static_cast<std::size_t>(cell)]),
                                   from_to->from));
    return {cell};
  }
  std::vector<std::int64_t> cells = cells_to_knock_out(matrix, removed, added);
  if (from_to) {
    std::erase_if(cells, [&](std::int64_t cell) {
      return !std::binary_search(from_to->from_cells.begin(), from_to->from_cells.end(), cell);
    });
  }
  const char* const of_from = from_to ? " of --from" : "";
  if (cells.empty() && !added.empty())
    throw InputError(fmt::format("--activate: no cell{} lacks {}{}", of_from, names_of(added, matrix),
                                 removed.empty() ? "" : " and expresses " + names_of(removed, matrix)));
  if (cells.empty())
    throw InputError(fmt::format("--knockout: no cell{} expresses {} beside another gene", of_from,
                                 names_of(removed, matrix)));
  return cells;
}

void check_memory(const Question& question, const Model& model, const Job& job) {
  const int ranks = job.nodes.node.size();
  std::vector<std::int64_t> cells(question.cells.begin(), question.cells.end());
  if (question.from_to) {  // whose cells each rank holds as well, to find the direction
    for (const auto* of_end : {&question.from_to->from_cells, &question.from_to->toward_cells})
      cells.insert(cells.end(), of_end->begin(), of_end->end());
  }
  require_memory(explanation_bytes(question.matrix, cells, model.kind(), std::ssize(model.members), ranks),
                 fmt::format("explaining a knockout of {} on {} of this node",
                             counted(std::ssize(model.genes), "gene"), counted(ranks, "rank")));
}

/// Genes that are lost, and those that are switched on, ascending.
std::vector<std::int32_t> all_genes_of(const Question& question) {
  std::vector<std::int32_t> genes = question.removed;
  genes.insert(genes.end(), question.others.added.begin(), question.others.added.end());
  std::sort(genes.begin(), genes.end());
  return genes;
}

/// Those of these genes that are not visible.
std::vector<UnseenGene> unseen_of(std::span<const std::int32_t> genes, std::span<const std::int32_t> added,
                                  const Model& model) {
  std::vector<UnseenGene> unseen;
  if (model.visibility.empty()) return unseen;
  const bool has_levels = std::any_of(model.visibility.begin(), model.visibility.end(),
                                      [](const GeneVisibility& gene) { return gene.by_level; });
  for (const std::int32_t gene : genes) {
    const GeneVisibility& seen = model.visibility[static_cast<std::size_t>(gene)];
    std::string why = why_not_visible(seen);
    if (why.empty()) continue;
    unseen.push_back({gene, std::binary_search(added.begin(), added.end(), gene), std::move(why),
                      !has_levels && seen.cells_with >= seen.cells_without});
  }
  return unseen;
}

Question find_question(const ExplainOptions& options, Job& job) {
  Question question;
  Model model = read_model(options.model);
  drop_decoys(model);
  CellsToScreen cells;
  InputOptions input = options.input;
  input.obs.reset();  // nothing is stored with the cells
  question.matrix = load_input(input, model, options.model, job, &cells).relative_profiles();
  if (options.direction.is_given())
    question.from_to = from_to_of(options.direction, std::move(cells.named), question.matrix, job.log);
  question.base = choose_base(options.base, model, options.model, job.log);
  find_genes(question, options, job.log);
  const std::vector<std::int32_t> genes = all_genes_of(question);
  warn_of_invisible(question.removed, model.genes, model.visibility, job.log);
  warn_of_invisible_added(question.others.added, model.genes, model.visibility, job.log);
  question.unseen = unseen_of(genes, question.others.added, model);
  question.invisible = invisible_genes(model.visibility);
  question.cells = cells_asked_for(options, question.removed, question.others.added, question.from_to,
                                   question.matrix, job.log);
  check_memory(question, model, job);
  question.members = collapse(model);
  question.sets = sets_asked_for(options.sets, question.matrix, job.log);
  question.q_values = {direct_q_values(model, genes), model.kind() == MappingKind::sparse};
  return question;
}

/// The question, on every rank. Collective.
Question replicate(const NodeGroup& nodes, AtRoot<Question> question) {
  std::optional<FromTo> from_to;
  auto given_ends = question.take(&Question::from_to);
  if (nodes.all.broadcast(given_ends.transform([](const auto& ends) { return ends.has_value(); })))
    from_to = FromTo::replicate(nodes.all,
                                given_ends.is_here() ? AtRoot(std::move(**given_ends)) : AtRoot<FromTo>());
  OtherChanges others = question.take(&Question::others).or_empty();
  nodes.all.broadcast(others.added);
  others.presence = nodes.all.broadcast(at_root(nodes.all, others.presence));
  return {nodes.all.broadcast(question.take(&Question::removed)),
          nodes.all.broadcast(question.take(&Question::cells)),
          dko::replicate(nodes, question.take(&Question::members)),
          static_cast<Base>(nodes.all.broadcast(question.transform(
              [](const Question& asked) { return static_cast<std::int64_t>(asked.base); }))),
          RelativeProfiles::replicate(nodes, question.take(&Question::matrix)),
          std::move(from_to),
          {},
          {},
          {},
          {},
          {},
          std::move(others)};
}

/// What sets are tested by, and genes ranked by: none of a gene that is not visible, without --all-genes.
std::vector<double> ranked_changes(const Question& question, const Explanation& explanation,
                                   std::span<const std::int32_t> invisible, const ExplainOptions& options,
                                   Log& log) {
  std::vector<double> changes = relative_changes(explanation, question.members);
  if (options.all_genes) return changes;
  std::int64_t left_out = 0;
  for (const std::int32_t gene : invisible) {
    double& change = changes[static_cast<std::size_t>(gene)];
    left_out += std::isnan(change) ? 0 : 1;
    change = std::numeric_limits<double>::quiet_NaN();
  }
  if (options.sets.any() && left_out > 0)
    log.info(
        "{} left out of the ranked changes: {} own loss cannot be seen in the data (--all-genes ranks {})",
        counted(left_out, "gene"), left_out == 1 ? "its" : "their", left_out == 1 ? "it" : "them");
  return changes;
}

void run(const ExplainOptions& options, const Context& context) {
  Job job = start_job(context, options.common, 0);
  AtRoot<Outputs> outputs = on_root(job.ranks(), [&] { return Outputs(options); });
  AtRoot<Question> asked = on_root(job.ranks(), [&] { return find_question(options, job); });
  const AtRoot<DirectQValues> q_values = asked.take(&Question::q_values);
  const AtRoot<std::vector<GeneSet>> sets = asked.take(&Question::sets);
  const AtRoot<std::vector<UnseenGene>> unseen = asked.take(&Question::unseen);
  const AtRoot<std::vector<std::int32_t>> invisible = asked.take(&Question::invisible);
  Question question = replicate(job.nodes, std::move(asked));
  if (question.from_to) {
    question.direction = on_every_rank(job.ranks(), [&] {
      return find_direction(*question.from_to, question.matrix, question.members, question.base, job.ranks());
    });
  }
  AtRoot<Explanation> explanation =
      explain_knockout(question.matrix, question.members, question.removed, question.cells, job.ranks(),
                       question.base, question.direction ? &*question.direction : nullptr, question.others);
  on_root(job.ranks(), [&] {
    sort_changes(explanation->genes, options.order);
    const bool has_q_values = !q_values->of_genes.empty();
    for (GeneChange& gene : explanation->genes)
      if (has_q_values) gene.direct_q = q_values->of_genes[static_cast<std::size_t>(gene.gene)];
    print_changes(question, *explanation, *q_values, *unseen, options);
    nlohmann::ordered_json json = to_json(question, *explanation, *unseen, options, job.provenance);
    const nlohmann::ordered_json tested = report_sets(
        ranked_changes(question, *explanation, *invisible, options, job.log),
        options.all_genes ? "that these cells express" : "that are visible and these cells express",
        question.matrix.gene_names(), *sets, options.sets, options.count, outputs->sets);
    if (!options.sets.gene_sets.empty()) json["sets"] = tested;
    // After the ranked list, which may be refused for a name.
    if (outputs->changes) write_changes(question, *explanation, has_q_values, *outputs->changes);
    outputs->summary.write(json);
  });
}

}  // namespace

std::unique_ptr<Command> explain_command() {
  return make_command<ExplainOptions>(line_of, run);
}

}  // namespace dko::app
