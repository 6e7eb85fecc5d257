#pragma once
// The report of dko evaluate: one part for each question.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dko/evaluation/effects_evaluation.hpp"
#include "dko/evaluation/knockout_evaluation.hpp"
#include "dko/evaluation/perturbed/perturbed_source.hpp"
#include "dko/evaluation/prediction_evaluation.hpp"
#include "dko/evaluation/truth_evaluation.hpp"
#include "dko/metrics/metric_text.hpp"

namespace dko::app {

/// Tables for the terminal, the same for machines, and in plain words what it comes to. At root.
struct ReportPart {
  std::string text;
  nlohmann::ordered_json json;
  std::vector<std::string> verdicts;
};

/// Scores against the true effects of `path`. Local: root.
ReportPart truth_report(const std::string& path, const TruthEvaluation& evaluation, double least_effect);
/// Who changes when a gene is lost against the true effects of `path`. Local: root.
ReportPart effects_report(const std::string& path, const EffectsEvaluation& evaluation);
/// Held-out profiles against baselines. Local: root.
ReportPart prediction_report(const PredictionEvaluation& evaluation);
/// The predicted change of a knockout of `gene`, or of what else the perturbation is, against the real one of
/// `path`. Local: root.
ReportPart knockout_report(const std::string& path, const std::string& gene,
                           const KnockoutEvaluation& evaluation);

/// Predicted losses, or what else they are, against what real perturbations did. Local: root.
ReportPart perturbed_report(const std::string& path, const PerturbedSource& source,
                            const PerturbationEvaluation& evaluation);

/// "knockout", "activation", "knockdown to 0.2"; of many "knockdowns to 0.2".
std::string event_text(const PerturbationKind& kind, bool are_many = false);
/// Says so where it is no knockout: event, and of a knockdown its part F.
void add_event(const PerturbationKind& kind, nlohmann::ordered_json& json);

/// null where there is none.
nlohmann::ordered_json to_json(const std::optional<double>& figure);
nlohmann::ordered_json to_json(const std::optional<Interval>& interval);

}  // namespace dko::app
