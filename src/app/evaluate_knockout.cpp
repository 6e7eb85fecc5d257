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
#include "table.hpp"

namespace dko::app {

namespace {

constexpr std::int64_t fewest_cells = 10;  // of a gene that is to stand in for the real one
constexpr double significance = 0.05;

/// How well one way of predicting agrees with the real change, beside the same with other genes in its place.
struct Answer {
  std::string name;
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
  Answer answer{std::move(name), compare_changes(truth, changes.front(), gene), {}, {}};
  for (auto change = changes.begin() + 1; change != changes.end(); ++change) {
    const ChangeAgreement other = compare_changes(truth, *change, gene);
    if (other.spearman) answer.null.push_back(*other.spearman);
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
  Table table({"predicted change", "genes", "Spearman", "same sign", "same sign, p < 0.05",
               "Spearman with other genes lost: median", "p"});
  for (const Answer& answer : answers) {
    const ChangeAgreement& agreement = answer.agreement;
    table.add({answer.name, fmt::format("{}", agreement.genes), figure_text(agreement.spearman),
               ratio_text(agreement.same_sign, agreement.signs),
               ratio_text(agreement.significant_same_sign, agreement.significant_signs),
               figure_text(median(answer.null)), figure_text(answer.p)});
  }
  return table.text();
}

nlohmann::ordered_json to_json(const Answer& answer) {
  const ChangeAgreement& agreement = answer.agreement;
  return {{"genes", agreement.genes},
          {"spearman", app::to_json(agreement.spearman)},
          {"signs", agreement.signs},
          {"same_sign", agreement.same_sign},
          {"significant_signs", agreement.significant_signs},
          {"significant_same_sign", agreement.significant_same_sign},
          {"null_genes", answer.null.size()},
          {"null_median", app::to_json(median(answer.null))},
          {"p", app::to_json(answer.p)}};
}

std::string verdict(const Answer& mapping, const std::string& gene) {
  if (!mapping.p)
    return fmt::format(
        "real knockout of {}: cannot be judged, there is no correlation or no other gene to compare with.",
        gene);
  const bool holds = *mapping.p <= significance;
  return fmt::format(
      "real knockout of {}: the predicted change {} (Spearman {:.3f}, p = {:.3f} over {} other genes).", gene,
      holds ? "goes with the real one, and better than that of other genes"
            : "goes with the real one no better than that of other genes",
      *mapping.agreement.spearman, *mapping.p, mapping.null.size());
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
  const std::vector<MeanChange> predicted = predicted_changes(profiles, *evaluation.mapping, genes, ranks);
  ReportPart part;
  on_root(ranks, [&] {
    const std::vector<Answer> answers{
        answer("mapping", truth, predicted, genes.front()),
        answer("cells lacking it anyway", truth, observed_contrasts(profiles, genes), genes.front())};
    part.text = fmt::format("real knockout of {} ({}): predicted in {} that express it\n", gene, path,
                            counted(predicted.front().cells, "cell"));
    if (truth.unknown > 0)
      part.text +=
          fmt::format("  left out: {} of genes that these data do not have\n", counted(truth.unknown, "row"));
    if (truth.undefined > 0)
      part.text += fmt::format("  left out: {} without a finite change\n", counted(truth.undefined, "row"));
    part.text += table_text(answers);
    part.json = {{"truth", path}, {"gene", gene}, {"cells", predicted.front().cells}};
    for (const Answer& answer : answers) part.json[answer.name] = to_json(answer);
    part.verdicts.push_back(verdict(answers.front(), gene));
  });
  return part;
}

}  // namespace dko::app
