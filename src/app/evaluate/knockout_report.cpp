#include <fmt/format.h>

#include <vector>

#include "app/table.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/verdict.hpp"
#include "dko/metrics/metrics.hpp"
#include "report_part.hpp"

namespace dko::app {

namespace {

std::string ratio_text(std::int64_t part, std::int64_t all) {
  if (all == 0) return "–";
  return fmt::format("{:.3f} of {}", static_cast<double>(part) / static_cast<double>(all), all);
}

std::string table_text(const std::vector<KnockoutAgreement>& answers, const PerturbationKind& kind) {
  Table table({"predicted change", kind.activates ? "cells without it" : "cells with it",
               kind.activates ? "with" : "without", "genes", "Spearman", "same sign", "same sign, p < 0.05",
               fmt::format("Spearman with other genes {}: median", words_of(kind).lost), "p"});
  for (const KnockoutAgreement& answer : answers) {
    const ChangeAgreement& agreement = answer.agreement;
    table.add({answer.name, fmt::format("{}", answer.cells), fmt::format("{}", answer.cells_after),
               fmt::format("{}", agreement.genes), figure_text(agreement.spearman),
               ratio_text(agreement.same_sign, agreement.signs),
               ratio_text(agreement.significant_same_sign, agreement.significant_signs),
               figure_text(known_median(answer.null)), figure_text(answer.p)});
  }
  return table.text() +
         fmt::format("(means of fewer than {} cells are not compared)\n", fewest_cells_compared);
}

nlohmann::ordered_json json_of(const KnockoutAgreement& answer) {
  const ChangeAgreement& agreement = answer.agreement;
  return {{"cells", answer.cells},
          {"cells_after", answer.cells_after},
          {"genes", agreement.genes},
          {"spearman", to_json(agreement.spearman)},
          {"signs", agreement.signs},
          {"same_sign", agreement.same_sign},
          {"significant_signs", agreement.significant_signs},
          {"significant_same_sign", agreement.significant_same_sign},
          {"null_genes", answer.null.size()},
          {"null_median", to_json(known_median(answer.null))},
          {"p", to_json(answer.p)}};
}

}  // namespace

ReportPart knockout_report(const std::string& path, const std::string& gene,
                           const KnockoutEvaluation& evaluation) {
  const std::vector<KnockoutAgreement> answers{evaluation.mapping, evaluation.contrast};
  ReportPart part;
  part.text = fmt::format("real {} of {} ({})\n", event_text(evaluation.kind), gene, path);
  if (evaluation.unknown > 0)
    part.text += fmt::format("  left out: {} of genes that these data do not have\n",
                             counted(evaluation.unknown, "row"));
  if (evaluation.undefined > 0)
    part.text +=
        fmt::format("  left out: {} without a finite change\n", counted(evaluation.undefined, "row"));
  part.text += table_text(answers, evaluation.kind);
  part.json = {{"truth", path}, {"gene", gene}, {"cells", answers.front().cells}};
  add_event(evaluation.kind, part.json);
  for (const KnockoutAgreement& answer : answers) part.json[answer.name] = json_of(answer);
  part.verdicts.push_back(knockout_verdict(answers.front(), answers.back(), gene, evaluation.kind));
  return part;
}

}  // namespace dko::app
