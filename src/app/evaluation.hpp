#pragma once
// The three questions of dko evaluate. Each is answered by one part of its report.

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dko/evaluation/bootstrap.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/results/prediction_file.hpp"
#include "dko/results/screen_reader.hpp"
#include "job.hpp"

namespace dko::app {

/// What is evaluated. On every rank but where said otherwise.
struct Evaluation {
  const ExpressionMatrix& profiles;           ///< relative profiles of the input
  std::span<const CollapsedMapping> members;  ///< none without --model
  const ScreenReader* screen;                 ///< rank 0 only; null without --screen
  std::int64_t resamples;
  std::uint64_t seed;
  double least_effect;
  Job& job;
};

/// Tables for the terminal, the same for machines, and in plain words what it comes to. On rank 0.
struct ReportPart {
  std::string text;
  nlohmann::ordered_json json;
  std::vector<std::string> verdicts;
};

/// The scores against a table of true effects (`path`). Collective.
ReportPart evaluate_truth(const std::string& path, const Evaluation& evaluation);

/// The held-out profiles of a prediction against baselines that learn from the other cells of the input.
/// `prediction` counts on rank 0. Collective. @throws CollectiveFailure if it is of other data.
ReportPart evaluate_prediction(const Prediction& prediction, const Evaluation& evaluation);

/// The mean change that a knockout of `gene` is predicted to make against the real one (`path`), with up to
/// `null_genes` other genes in its place to compare with. Collective.
ReportPart evaluate_real_knockout(const std::string& path, const std::string& gene, std::int64_t null_genes,
                                  const Evaluation& evaluation);

/// "0.728", or "–" where there is none.
std::string figure_text(const std::optional<double>& figure);
/// "0.728 [0.721, 0.736]".
std::string figure_text(const std::optional<double>& figure, const std::optional<Interval>& interval);

/// null where there is none.
nlohmann::ordered_json to_json(const std::optional<double>& figure);
nlohmann::ordered_json to_json(const std::optional<Interval>& interval);

}  // namespace dko::app
