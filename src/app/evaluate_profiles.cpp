#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/evaluation/baselines.hpp"
#include "dko/evaluation/profile_agreement.hpp"
#include "dko/evaluation/verdict.hpp"
#include "dko/parallel/collective.hpp"
#include "evaluation.hpp"
#include "table.hpp"

namespace dko::app {

namespace {

/// One way to predict the held-out profiles.
struct Predictor {
  std::string name;
  std::vector<float> profiles;
  ProfileAgreement agreement;
  GeneCorrelations correlations;
  std::vector<double> distances;  // Bray-Curtis of each cell
};

/// The held-out cells of the prediction, found in the data by name.
struct HeldOut {
  std::vector<std::int64_t> cells;
  std::vector<std::int64_t> known;  // the others that express anything
};

/// @throws InputError if the prediction is not of these data.
HeldOut find_held_out(const Prediction& prediction, const ExpressionMatrix& profiles) {
  if (prediction.genes != profiles.gene_names())
    throw InputError("the prediction is of other genes than the input");
  const NameIndex index("cell", profiles.cell_names());
  HeldOut held_out;
  std::vector<bool> is_held_out(static_cast<std::size_t>(profiles.cells()), false);
  for (const std::string& name : prediction.cells) {
    held_out.cells.push_back(index.by_name(name, "the prediction's held-out cells"));
    is_held_out[static_cast<std::size_t>(held_out.cells.back())] = true;
  }
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    if (!is_held_out[static_cast<std::size_t>(cell)] && profiles.expressed_count(cell) > 0)
      held_out.known.push_back(cell);
  }
  if (held_out.cells.empty() || held_out.known.empty())
    throw InputError("the prediction holds out all cells of the input, or none");
  const std::vector<float> truth = dense_profiles(profiles, held_out.cells);
  const bool same = std::equal(truth.begin(), truth.end(), prediction.truth.begin(), prediction.truth.end(),
                               [](float x, float y) { return std::abs(x - y) <= 1e-6F; });
  if (!same) throw InputError("the prediction's held-out cells have other profiles in the input");
  return held_out;
}

/// Means over resampled cells of each predictor's distances. Collective.
Bootstrap resample(const std::vector<Predictor>& predictors, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.job.ranks();
  std::vector<double> distances;
  for (const Predictor& predictor : predictors)
    distances.insert(distances.end(), predictor.distances.begin(), predictor.distances.end());
  auto cells = predictors.empty() ? 0 : std::ssize(predictors.front().distances);
  ranks.broadcast(cells);
  ranks.broadcast(distances);
  return Bootstrap(cells, evaluation.resamples, evaluation.seed, ranks, [&](std::span<const double> weights) {
    Figures means;
    for (auto from = distances.begin(); from != distances.end(); from += cells)
      means.push_back(std::inner_product(weights.begin(), weights.end(), from, 0.0) /
                      static_cast<double>(cells));
    return means;
  });
}

std::string table_text(const std::vector<Predictor>& predictors, const Bootstrap& bootstrap) {
  Table table({"held-out profiles", "Bray-Curtis *", "Spearman, all", "expressed", "within gene",
               "within cell", "correlations of genes: distance *", "Spearman"});
  for (std::size_t at = 0; at < predictors.size(); ++at) {
    const ProfileAgreement& agreement = predictors[at].agreement;
    const auto distance = bootstrap.interval(at);
    table.add({predictors[at].name,
               distance ? fmt::format("{:.4f} [{:.4f}, {:.4f}]", agreement.bray_curtis, distance->low,
                                      distance->high)
                        : fmt::format("{:.4f}", agreement.bray_curtis),
               figure_text(agreement.spearman_all), figure_text(agreement.spearman_expressed),
               figure_text(agreement.spearman_within_gene), figure_text(agreement.spearman_within_cell),
               figure_text(predictors[at].correlations.distance),
               figure_text(predictors[at].correlations.spearman)});
  }
  return table.text() + "* lower is better; of all others, higher\n";
}

nlohmann::ordered_json to_json(const Predictor& predictor, const std::optional<Interval>& interval) {
  const ProfileAgreement& agreement = predictor.agreement;
  const GeneCorrelations& genes = predictor.correlations;
  return {{"bray_curtis", agreement.bray_curtis},
          {"bray_curtis_interval", app::to_json(interval)},
          {"spearman_all", app::to_json(agreement.spearman_all)},
          {"spearman_expressed", app::to_json(agreement.spearman_expressed)},
          {"spearman_within_gene", app::to_json(agreement.spearman_within_gene)},
          {"spearman_within_cell", app::to_json(agreement.spearman_within_cell)},
          {"genes_scored", agreement.genes_scored},
          {"gene_correlations",
           {{"pairs", genes.pairs},
            {"median_true", app::to_json(genes.median_true)},
            {"median_predicted", app::to_json(genes.median_predicted)},
            {"spearman", app::to_json(genes.spearman)},
            {"distance", app::to_json(genes.distance)}}}};
}

/// The first predictor is the mapping, the others the baselines.
std::string verdict(const std::vector<Predictor>& predictors, const Bootstrap& bootstrap) {
  const auto best =
      std::min_element(predictors.begin() + 1, predictors.end(), [](const Predictor& x, const Predictor& y) {
        return x.agreement.bray_curtis < y.agreement.bray_curtis;
      });
  const auto place = static_cast<std::size_t>(best - predictors.begin());
  const double mapping = predictors.front().agreement.bray_curtis;
  const auto interval = bootstrap.interval_of_difference(0, place);
  const std::string figures =
      fmt::format("Bray-Curtis {:.4f} against {:.4f}", mapping, best->agreement.bray_curtis);
  const std::string within = fmt::format(" Within genes it reaches {} against {}.",
                                         figure_text(predictors.front().agreement.spearman_within_gene),
                                         figure_text(best->agreement.spearman_within_gene));
  if (!interval) {
    return fmt::format(
        "held-out profiles: mapping against the best baseline, {}: {}; no verdict without intervals: too few "
        "cells, "
        "or --bootstrap 0.",
        best->name, figures);
  }
  return fmt::format(
             "held-out profiles: the mapping {} the best baseline, {}: {}, difference {:+.4f}, 95 % interval "
             "{:+.4f} to {:+.4f} (lower is better).",
             comparison_word(*interval, -1), best->name, figures, mapping - best->agreement.bray_curtis,
             interval->low, interval->high) +
         within;
}

}  // namespace

ReportPart evaluate_prediction(const Prediction& prediction, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.job.ranks();
  const ExpressionMatrix& profiles = evaluation.profiles;
  HeldOut held_out;
  on_root(ranks, [&] { held_out = find_held_out(prediction, profiles); });
  ranks.broadcast(held_out.cells);
  ranks.broadcast(held_out.known);
  RidgePrediction ridge = ridge_profiles(profiles, held_out.known, held_out.cells, evaluation.seed, ranks);

  std::vector<Predictor> predictors;
  on_root(ranks, [&] {
    const auto add = [&](std::string name, std::vector<float> predicted) {
      predictors.push_back({std::move(name), std::move(predicted), {}, {}, {}});
      Predictor& predictor = predictors.back();
      predictor.agreement = compare_profiles(prediction.truth, predictor.profiles, profiles.genes());
      predictor.correlations = correlate_genes(prediction.truth, predictor.profiles, profiles.genes());
      predictor.distances = distances_of_cells(prediction.truth, predictor.profiles, profiles.genes());
    };
    add("mapping", prediction.predicted);
    add("ridge per gene", std::move(ridge.profiles));
    add("mean share × n", mean_scaled_share_profiles(profiles, held_out.known, held_out.cells));
    add("mean share", mean_share_profiles(profiles, held_out.known, held_out.cells));
  });
  const Bootstrap bootstrap = resample(predictors, evaluation);
  ReportPart part;
  if (!ranks.is_root()) return part;
  part.text = fmt::format("profiles of {}, baselines from the other {} (ridge penalty {:g})\n",
                          counted(std::ssize(held_out.cells), "held-out cell"),
                          with_thousands(std::ssize(held_out.known)), ridge.penalty) +
              table_text(predictors, bootstrap);
  part.json = {{"held_out_cells", held_out.cells.size()},
               {"known_cells", held_out.known.size()},
               {"ridge_penalty", ridge.penalty}};
  for (std::size_t at = 0; at < predictors.size(); ++at)
    part.json["predictors"][predictors[at].name] = to_json(predictors[at], bootstrap.interval(at));
  part.verdicts.push_back(verdict(predictors, bootstrap));
  return part;
}

}  // namespace dko::app
