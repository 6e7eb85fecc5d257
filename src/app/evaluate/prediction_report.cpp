#include <fmt/format.h>

#include "app/table.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/verdict.hpp"
#include "report_part.hpp"

namespace dko::app {

namespace {

std::string table_text(const std::vector<ProfilePredictor>& predictors) {
  Table table({"held-out profiles", "Bray-Curtis *", "Spearman, all", "expressed", "within gene",
               "within cell", "correlations of genes: distance *", "Spearman"});
  for (const ProfilePredictor& predictor : predictors) {
    const ProfileAgreement& agreement = predictor.agreement;
    const auto& distance = predictor.interval;
    table.add({predictor.name,
               distance ? fmt::format("{:.4f} [{:.4f}, {:.4f}]", agreement.bray_curtis, distance->low,
                                      distance->high)
                        : fmt::format("{:.4f}", agreement.bray_curtis),
               figure_text(agreement.spearman_all), figure_text(agreement.spearman_expressed),
               figure_text(agreement.spearman_within_gene), figure_text(agreement.spearman_within_cell),
               figure_text(predictor.correlations.distance), figure_text(predictor.correlations.spearman)});
  }
  return table.text() + "* lower is better; of all others, higher\n";
}

nlohmann::ordered_json json_of(const ProfilePredictor& predictor) {
  const ProfileAgreement& agreement = predictor.agreement;
  const GeneCorrelations& genes = predictor.correlations;
  return {{"bray_curtis", agreement.bray_curtis},
          {"bray_curtis_interval", to_json(predictor.interval)},
          {"spearman_all", to_json(agreement.spearman_all)},
          {"spearman_expressed", to_json(agreement.spearman_expressed)},
          {"spearman_within_gene", to_json(agreement.spearman_within_gene)},
          {"spearman_within_cell", to_json(agreement.spearman_within_cell)},
          {"genes_scored", agreement.genes_scored},
          {"gene_correlations",
           {{"pairs", genes.pairs},
            {"median_true", to_json(genes.median_true)},
            {"median_predicted", to_json(genes.median_predicted)},
            {"spearman", to_json(genes.spearman)},
            {"distance", to_json(genes.distance)}}}};
}

}  // namespace

ReportPart prediction_report(const PredictionEvaluation& evaluation) {
  ReportPart part;
  part.text = fmt::format("profiles of {}, baselines from the other {} (ridge penalty {:g})\n",
                          counted(evaluation.held_out_cells, "held-out cell"),
                          with_thousands(evaluation.known_cells), evaluation.ridge_penalty) +
              table_text(evaluation.predictors);
  part.json = {{"held_out_cells", evaluation.held_out_cells},
               {"known_cells", evaluation.known_cells},
               {"ridge_penalty", evaluation.ridge_penalty}};
  for (const ProfilePredictor& predictor : evaluation.predictors)
    part.json["predictors"][predictor.name] = json_of(predictor);
  part.verdicts.push_back(prediction_verdict(evaluation.predictors));
  return part;
}

}  // namespace dko::app
