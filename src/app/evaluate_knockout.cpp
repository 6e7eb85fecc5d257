#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/base/names.hpp"
#include "dko/base/random.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/metrics.hpp"
#include "dko/evaluation/real_knockout.hpp"
#include "dko/parallel/collective.hpp"
#include "evaluation.hpp"
#include "resources.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

constexpr std::int64_t fewest_cells = 10;  // for a mean to be compared
constexpr double convincing_p = 0.01;
constexpr double doubtful_p = 0.1;              // between the two another training may turn the verdict
constexpr std::int64_t fewest_null_genes = 19;  // for a p of 0.05 to be possible

/// How well one way of predicting agrees with the real change, beside the same with other genes in its place.
struct Answer {
  std::string name;
  std::int64_t cells;        // that express the gene
  std::int64_t cells_after;  // that the change is to
  ChangeAgreement agreement;
  std::vector<double> null;  // Spearman with other genes
  std::optional<double> p;
};

std::vector<std::int64_t> cells_expressing(const ExpressionMatrix& profiles) {
  std::vector<std::int64_t> cells(static_cast<std::size_t>(profiles.genes()), 0);
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    if (profiles.expressed_count(cell) < 2) continue;
    for (const std::int32_t gene : profiles.expressed(cell)) ++cells[static_cast<std::size_t>(gene)];
  }
  return cells;
}

/// The gene itself first, then those to stand in its place.
std::vector<std::int32_t> candidates(std::int32_t gene, std::int64_t null_genes,
                                     const Evaluation& evaluation) {
  const std::vector<std::int64_t> cells = cells_expressing(evaluation.profiles);
  if (cells[static_cast<std::size_t>(gene)] == 0) {
    throw InputError(fmt::format("no cell expresses {} beside another gene: its loss cannot be predicted",
                                 evaluation.profiles.gene_names()[static_cast<std::size_t>(gene)]));
  }
  std::vector<std::int32_t> others;
  for (std::int32_t other = 0; other < evaluation.profiles.genes(); ++other) {
    if (other != gene && cells[static_cast<std::size_t>(other)] >= fewest_cells) others.push_back(other);
  }
  std::vector<std::int32_t> chosen{gene};
  RandomStream stream(evaluation.seed, "null genes");
  for (const std::int64_t at : stream.distinct(std::min(null_genes, std::ssize(others)), std::ssize(others)))
    chosen.push_back(others[static_cast<std::size_t>(at)]);
  return chosen;
}

Answer answer(std::string name, const RealKnockout& truth, const std::vector<MeanChange>& changes,
              std::int32_t gene) {
  const MeanChange& change = changes.front();
  Answer answer{std::move(name), change.cells, change.cells_after, {}, {}, {}};
  if (std::min(change.cells, change.cells_after) < fewest_cells) return answer;
  answer.agreement = compare_changes(truth, change, gene);
  for (auto other = changes.begin() + 1; other != changes.end(); ++other) {
    if (std::min(other->cells, other->cells_after) < fewest_cells) continue;
    const ChangeAgreement agreement = compare_changes(truth, *other, gene);
    if (agreement.spearman) answer.null.push_back(*agreement.spearman);
  }
  if (answer.agreement.spearman && !answer.null.empty())
    answer.p = permutation_p(*answer.agreement.spearman, answer.null);
  return answer;
}

std::string ratio_text(std::int64_t part, std::int64_t all) {
  if (all == 0) return "–";
  return fmt::format("{:.3f} of {}", static_cast<double>(part) / static_cast<double>(all), all);
}

std::string table_text(const std::vector<Answer>& answers) {
  Table table({"predicted change", "cells with it", "without", "genes", "Spearman", "same sign",
               "same sign, p < 0.05", "Spearman with other genes lost: median", "p"});
  for (const Answer& answer : answers) {
    const ChangeAgreement& agreement = answer.agreement;
    table.add({answer.name, fmt::format("{}", answer.cells), fmt::format("{}", answer.cells_after),
               fmt::format("{}", agreement.genes), figure_text(agreement.spearman),
               ratio_text(agreement.same_sign, agreement.signs),
               ratio_text(agreement.significant_same_sign, agreement.significant_signs),
               figure_text(median(answer.null)), figure_text(answer.p)});
  }
  return table.text() + fmt::format("(means of fewer than {} cells are not compared)\n", fewest_cells);
}

nlohmann::ordered_json to_json(const Answer& answer) {
  const ChangeAgreement& agreement = answer.agreement;
  return {{"cells", answer.cells},
          {"cells_after", answer.cells_after},
          {"genes", agreement.genes},
          {"spearman", app::to_json(agreement.spearman)},
          {"signs", agreement.signs},
          {"same_sign", agreement.same_sign},
          {"significant_signs", agreement.significant_signs},
          {"significant_same_sign", agreement.significant_same_sign},
          {"null_genes", answer.null.size()},
          {"null_median", app::to_json(median(answer.null))},
          {"p", app::to_json(answer.p)}};
}

std::string verdict(const Answer& mapping, const Answer& contrast, const std::string& gene) {
  const std::string start = fmt::format("real knockout of {}: ", gene);
  if (!mapping.agreement.spearman)
    return start + "cannot be judged, too few cells express it or the predicted change does not vary.";
  const double spearman = *mapping.agreement.spearman;
  if (std::ssize(mapping.null) < fewest_null_genes) {
    return start + fmt::format("Spearman {:.3f}; cannot be judged with only {} to compare with.", spearman,
                               counted(std::ssize(mapping.null), "other gene"));
  }
  const char* word = !(spearman > 0) || *mapping.p > doubtful_p ? "no better than"
                     : *mapping.p <= convincing_p               ? "better than"
                                                                : "perhaps better than, but undecidedly so,";
  std::string text =
      start + fmt::format(
                  "the predicted change goes with the real one {} that of other genes lost in its place "
                  "(Spearman {:.3f}, one-sided p = {:.3f} among the losses of {} other genes). Another "
                  "training may differ: repeat it with other seeds.",
                  word, spearman, *mapping.p, mapping.null.size());
  if (contrast.agreement.spearman)
    text += fmt::format(" Cells that lack it anyway reach {:.3f}.", *contrast.agreement.spearman);
  return text;
}

}  // namespace

ReportPart evaluate_real_knockout(const std::string& path, const std::string& gene, std::int64_t null_genes,
                                  const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.job.ranks();
  const ExpressionMatrix& profiles = evaluation.profiles;
  RealKnockout truth;
  std::vector<std::int32_t> genes;
  on_root(ranks, [&] {
    truth = read_real_knockout(path, profiles);
    const std::int32_t knocked_out = NameIndex("gene", profiles.gene_names()).by_either(gene, "--gene");
    genes = candidates(knocked_out, null_genes, evaluation);
  });
  ranks.broadcast(genes);
  on_root(ranks, [&] {
    // Two profiles a gene, on every rank, and once more while they are summed.
    constexpr double arrays = 4 * 8;
    require_memory(arrays * static_cast<double>(genes.size()) * static_cast<double>(profiles.genes()) *
                       evaluation.job.nodes.node.size(),
                   "the changes of all genes; fewer with --null");
  });
  const std::vector<Answer> answers{
      answer("mapping", truth, predicted_changes(profiles, evaluation.members, genes, ranks), genes.front()),
      answer("cells lacking it anyway", truth, observed_contrasts(profiles, genes, ranks), genes.front())};
  ReportPart part;
  on_root(ranks, [&] {
    part.text = fmt::format("real knockout of {} ({})\n", gene, path);
    if (truth.unknown > 0)
      part.text +=
          fmt::format("  left out: {} of genes that these data do not have\n", counted(truth.unknown, "row"));
    if (truth.undefined > 0)
      part.text += fmt::format("  left out: {} without a finite change\n", counted(truth.undefined, "row"));
    part.text += table_text(answers);
    part.json = {{"truth", path}, {"gene", gene}, {"cells", answers.front().cells}};
    for (const Answer& answer : answers) part.json[answer.name] = to_json(answer);
    part.verdicts.push_back(verdict(answers.front(), answers.back(), gene));
  });
  return part;
}

}  // namespace dko::app
