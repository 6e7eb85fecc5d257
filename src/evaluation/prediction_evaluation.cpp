#include "dko/evaluation/prediction_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/names.hpp"
#include "dko/metrics/baselines.hpp"
#include "dko/metrics/ridge.hpp"
#include "dko/parallel/collective.hpp"

namespace dko {

namespace {

/// The held-out cells of the prediction, found in the data by name.
struct HeldOut {
  std::vector<std::int64_t> cells;
  std::vector<std::int64_t> known;  // the others that express anything
};

/// @throws InputError if the prediction is not of these data.
HeldOut find_held_out(const Prediction& prediction, const ExpressionMatrix& profiles) {
  if (prediction.genes != profiles.gene_names())
    throw InputError(
        "the prediction has other genes than the input: choose cells and genes as it did; dko info tells "
        "how");
  const NameIndex index("cell", profiles.cell_names());  // both have the names that were made unique
  HeldOut held_out;
  std::vector<bool> is_held_out(static_cast<std::size_t>(profiles.cells()), false);
  for (const std::string& name : prediction.cells) {
    const Meaning meaning = index.by_name(name);
    if (meaning.positions.empty())
      throw InputError(
          fmt::format("the data has no cell {}, which the prediction holds out", shown_name(name)));
    held_out.cells.push_back(meaning.positions.front());
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
Bootstrap resample(const std::vector<ProfilePredictor>& predictors, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.ranks();
  std::vector<double> distances;
  for (const ProfilePredictor& predictor : predictors)
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

}  // namespace

PredictionEvaluation evaluate_prediction(const Prediction& prediction, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.ranks();
  const ExpressionMatrix& profiles = evaluation.profiles;
  HeldOut held_out;
  on_root(ranks, [&] { held_out = find_held_out(prediction, profiles); });
  ranks.broadcast(held_out.cells);
  ranks.broadcast(held_out.known);
  RidgePrediction ridge = ridge_profiles(profiles, held_out.known, held_out.cells, evaluation.seed, ranks);
  PredictionEvaluation result{std::ssize(held_out.cells), std::ssize(held_out.known), ridge.penalty, {}};
  on_root(ranks, [&] {
    const auto add = [&](std::string name, std::vector<float> predicted) {
      result.predictors.push_back({std::move(name), std::move(predicted), {}, {}, {}, {}, {}});
      ProfilePredictor& predictor = result.predictors.back();
      predictor.agreement = compare_profiles(prediction.truth, predictor.profiles, profiles.genes());
      predictor.correlations = correlate_genes(prediction.truth, predictor.profiles, profiles.genes());
      predictor.distances = distances_of_cells(prediction.truth, predictor.profiles, profiles.genes());
    };
    add("mapping", prediction.predicted);
    add("ridge per gene", std::move(ridge.profiles));
    add("mean share × n", mean_scaled_share_profiles(profiles, held_out.known, held_out.cells));
    add("mean share", mean_share_profiles(profiles, held_out.known, held_out.cells));
  });
  const Bootstrap bootstrap = resample(result.predictors, evaluation);
  for (std::size_t at = 0; at < result.predictors.size(); ++at) {
    result.predictors[at].interval = bootstrap.interval(at);
    if (at > 0) result.predictors[at].mapping_less_this = bootstrap.interval_of_difference(0, at);
  }
  return result;
}

}  // namespace dko
