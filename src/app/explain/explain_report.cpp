#include "explain_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/json_report.hpp"
#include "app/score_names.hpp"
#include "app/table.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/text.hpp"

namespace dko::app {

namespace {

const std::string& gene_name(const Question& question, const GeneChange& gene) {
  return question.matrix.gene_names()[static_cast<std::size_t>(gene.gene)];
}

/// How many genes that are left change by more than rescaling.
std::int64_t changed_genes(const Explanation& explanation) {
  return std::count_if(explanation.genes.begin(), explanation.genes.end(),
                       [](const GeneChange& gene) { return !gene.is_of_k() && gene.network_change != 0; });
}

/// How many genes are shown beside those of K: where all their network_change are 0 that does not rank them.
std::size_t others_shown(const Explanation& explanation, const ExplainOptions& options) {
  if (options.order == ChangeOrder::network_change && changed_genes(explanation) == 0) return 0;
  return static_cast<std::size_t>(options.count);
}

/// The genes that are shown: those of K, and as many more as were asked for.
std::span<const GeneChange> shown(const Explanation& explanation, const Question& question,
                                  const ExplainOptions& options) {
  const std::span<const GeneChange> genes(explanation.genes);
  return genes.first(std::min(genes.size(), question.removed.size() + question.others.added.size() +
                                                others_shown(explanation, options)));
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

/// "loss of Trem2, Cd74", "activation of Gata1 and loss of Spi1", "knockdown of Cst3 to 0.2".
std::string event_text(const Question& question) {
  const std::string lost = names_of(question.removed, question.matrix);
  if (question.others.presence > 0)
    return fmt::format("knockdown of {} to {:g}", lost, question.others.presence);
  if (question.others.added.empty()) return "loss of " + lost;
  const std::string added = "activation of " + names_of(question.others.added, question.matrix);
  return lost.empty() ? added : added + " and loss of " + lost;
}

/// What stands behind the name of a gene of K.
const char* fate_of(const Question& question, const GeneChange& gene) {
  if (gene.is_added) return " (switched on)";
  if (!gene.is_removed) return "";
  return question.others.presence > 0 ? " (reduced)" : " (lost)";
}

/// What the table shows: "12 genes, the lost genes and the largest network_change of 500".
std::string title_of(const Question& question, const Explanation& explanation,
                     const ExplainOptions& options) {
  const char* const of_k = question.others.added.empty() ? "lost" : "changed";
  const std::string count = counted(std::ssize(shown(explanation, question, options)), "gene");
  const std::string all = with_thousands(std::ssize(explanation.genes));
  if (others_shown(explanation, options) == 0)
    return fmt::format("{}, of what is {} alone: of {} no other has a network_change", count, of_k, all);
  return fmt::format("{}, the {} genes and the largest {} of {}", count, of_k,
                     options.order == ChangeOrder::change ? "change" : "network_change", all);
}

/// Says under the table what its zeros are: no effect found, or unknown.
void print_notes(const Question& question, const Explanation& explanation, const DirectQValues& q_values,
                 std::span<const UnseenGene> unseen) {
  const bool has_effect = changed_genes(explanation) > 0;
  if (!has_effect) std::cout << "no effect on another gene was found: all others are only rescaled\n";
  for (const UnseenGene& gene : unseen)
    std::cout << printable(fmt::format("what {} of {} does to others is unknown, not zero: {}",
                                       gene.is_added ? "the activation" : "the loss",
                                       names_of(std::array{gene.gene}, question.matrix), gene.why))
              << '\n';
  if (!has_effect && q_values.could_be &&
      std::any_of(unseen.begin(), unseen.end(), [](const auto& gene) { return gene.could_enter_by_level; }))
    std::cout << "a gene that nearly all cells express can enter by its level: train with --levels\n";
  if (has_effect && !q_values.of_genes.empty()) std::cout << effect_q_note("direct_q");
  if (q_values.could_be && q_values.of_genes.empty())
    std::cout << "q-values of the effects: not computed by the version that made the model\n";
}

nlohmann::ordered_json scores_json(const KnockoutScores& scores, bool is_ensemble, bool is_directed) {
  nlohmann::ordered_json json{{"impact", scores.impact}, {"network", scores.network}};
  if (is_ensemble) json.update({{"impact_sd", scores.impact_sd}, {"network_sd", scores.network_sd}});
  if (is_directed) json.update({{"shift", scores.shift}, {"approach", scores.approach}});
  if (is_directed && is_ensemble)
    json.update({{"shift_sd", scores.shift_sd}, {"approach_sd", scores.approach_sd}});
  return json;
}

}  // namespace

std::string names_of(std::span<const std::int32_t> genes, const ExpressionMatrix& matrix) {
  std::string text;
  for (const std::int32_t gene : genes)
    text +=
        fmt::format("{}{}", text.empty() ? "" : ", ", matrix.gene_names()[static_cast<std::size_t>(gene)]);
  return text;
}

void write_changes(const Question& question, const Explanation& explanation, bool has_q_values,
                   CsvWriter& csv) {
  const bool is_ensemble = question.members.size() > 1;
  const bool adds = !question.others.added.empty();
  csv.field("gene").field("knocked_out");
  if (adds) csv.field("activated");
  for (const char* title :
       {"cells", "share_before", "share_after", "change", "renormalised", "network_change", "log2_ratio"})
    csv.field(title);
  if (is_ensemble) csv.field("change_sd").field("network_change_sd");
  if (has_q_values) csv.field("direct_q");
  csv.end_row();
  for (const GeneChange& gene : explanation.genes) {
    csv.field(gene_name(question, gene)).field(gene.is_removed ? 1 : 0);
    if (adds) csv.field(gene.is_added ? 1 : 0);
    csv.field(gene.cells);
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

void print_changes(const Question& question, const Explanation& explanation, const DirectQValues& q_values,
                   std::span<const UnseenGene> unseen, const ExplainOptions& options) {
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
    std::vector<std::string> row{gene_name(question, gene) + fate_of(question, gene)};
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
  std::cout << fmt::format("{}, {}, on the {} profile: {}\n", event_text(question), where(question, options),
                           name_of(question.base), scores_text(question, explanation))
            << title_of(question, explanation, options) << '\n'
            << table.text();
  print_notes(question, explanation, q_values, unseen);
}

nlohmann::ordered_json to_json(const Question& question, const Explanation& explanation,
                               std::span<const UnseenGene> unseen, const ExplainOptions& options,
                               const Provenance& provenance) {
  const bool is_ensemble = question.members.size() > 1;
  const bool is_directed = question.direction.has_value();
  nlohmann::ordered_json json{{"provenance", to_json(provenance)},
                              {"model", options.model},
                              {"knockout", nlohmann::ordered_json::array()},
                              {"cells", explanation.cells},
                              {"members", question.members.size()},
                              {"base", name_of(question.base)},
                              {"scores", scores_json(explanation.scores, is_ensemble, is_directed)}};
  for (const std::int32_t gene : question.removed)
    json["knockout"].push_back(question.matrix.gene_names()[static_cast<std::size_t>(gene)]);
  for (const std::int32_t gene : question.others.added)
    json["activate"].push_back(question.matrix.gene_names()[static_cast<std::size_t>(gene)]);
  if (question.others.presence > 0) json["knockdown"] = question.others.presence;
  if (!options.cell.empty())
    json["cell"] = question.matrix.cell_names()[static_cast<std::size_t>(question.cells.front())];
  if (explanation.interactions)
    json["interactions"] = scores_json(*explanation.interactions, is_ensemble, is_directed);
  json["changed"] = changed_genes(explanation);
  json["not_visible"] = nlohmann::ordered_json::object();
  for (const UnseenGene& gene : unseen)
    json["not_visible"][names_of(std::array{gene.gene}, question.matrix)] = gene.why;
  for (const GeneChange& gene : shown(explanation, question, options)) {
    nlohmann::ordered_json entry{{"gene", gene_name(question, gene)},
                                 {"knocked_out", gene.is_removed},
                                 {"cells", gene.cells},
                                 {"share_before", gene.before},
                                 {"share_after", gene.after},
                                 {"change", gene.change},
                                 {"renormalised", gene.renormalised},
                                 {"network_change", gene.network_change}};
    if (gene.is_added) entry["activated"] = true;
    if (gene.log2_ratio) entry["log2_ratio"] = *gene.log2_ratio;
    if (gene.direct_q) entry["direct_q"] = *gene.direct_q;
    if (is_ensemble)
      entry.update({{"change_sd", gene.change_sd}, {"network_change_sd", gene.network_change_sd}});
    json["genes"].push_back(entry);
  }
  return json;
}

}  // namespace dko::app
