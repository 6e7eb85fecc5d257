#include <fmt/format.h>

#include <algorithm>

#include "app/table.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/verdict.hpp"
#include "report_part.hpp"

namespace dko::app {

ReportPart effects_report(const std::string& path, const EffectsEvaluation& evaluation) {
  const auto first = std::min(first_pairs, evaluation.pairs);
  Table table({"method", "AUPRC", fmt::format("right among the first {}", first), "same sign"});
  ReportPart part;
  part.json = {{"truth", path}, {"pairs", evaluation.pairs}, {"effects", evaluation.effects}};
  for (const EffectsAgreement& method : evaluation.methods) {
    table.add({method.name, figure_text(method.auprc), fmt::format("{:.3f}", method.precision),
               figure_text(method.sign_agreement)});
    part.json[method.name] = {{"auprc", to_json(method.auprc)},
                              {"precision_of_first", method.precision},
                              {"sign_agreement", to_json(method.sign_agreement)}};
  }
  part.text = fmt::format("who changes when a gene is lost ({})\n", path);
  if (evaluation.unknown > 0)
    part.text += fmt::format("  left out: {} of genes that these data do not have\n",
                             counted(evaluation.unknown, "row"));
  part.text += fmt::format(
      "  {} of {} pairs of genes have an effect: a level that changes by more than {:g} %; the AUPRC of "
      "knowing "
      "nothing is {:.3f}\n",
      with_thousands(evaluation.effects), with_thousands(evaluation.pairs), 100 * least_change,
      static_cast<double>(evaluation.effects) / static_cast<double>(evaluation.pairs));
  part.text += table.text();
  part.verdicts.push_back(effects_verdict(evaluation));
  return part;
}

}  // namespace dko::app
