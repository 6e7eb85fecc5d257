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
#include "dko/system/available_memory.hpp"

namespace dko {

namespace {

/// The held-out cells of the prediction, found in the data by name.
struct HeldOut {
  std::vector<std::int64_t> cells;
  std::vector<std::int64_t> known;  // the others that express anything
};

/// @throws InputError if the prediction is not of these data.
HeldOut find_held_out(const Prediction& prediction, const std::string& path,
                      const RelativeProfiles& profiles) {
  if (prediction.genes != profiles.gene_names())
    throw InputError(fmt::format(
        "{}: has other genes than the input: choose cells and genes as it did; dko info {} tells how", path,
        path));
  const NameIndex index("cell", profiles.cell_names());  // both have the names that were made unique
  HeldOut held_out;
  std::vector<bool> is_held_out(static_cast<std::size_t>(profiles.cells()), false);
  for (const std::string& name : prediction.cells) {
    const Meaning meaning = index.by_name(name);
    if (meaning.positions.empty())
      throw InputError(fmt::format(
          "{}: holds out cell {}, which the input does not have: choose cells as it did; dko info {} "
          "tells how",
          path, shown_name(name), path));
    held_out.cells.push_back(meaning.positions.front());
    is_held_out[static_cast<std::size_t>(held_out.cells.back())] = true;
  }
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    if (!is_held_out[static_cast<std::size_t>(cell)] && profiles.expressed_count(cell) > 0)
      held_out.known.push_back(cell);
  }
  if (held_out.cells.empty() || held_out.known.empty())
    throw InputError(
        fmt::format("{}: holds out all cells of the input that express anything, or none: there is "
                    "nothing to compare with",
                    path));
  const std::vector<float> truth = dense_profiles(profiles, held_out.cells);
  const bool same = std::equal(truth.begin(), truth.end(), prediction.truth.begin(), prediction.truth.end(),
                               [](float x, float y) { return std::abs(x - y) <= 1e-6F; });
  if (!same)
    throw InputError(
        fmt::format("{}: its held-out cells have other profiles in the input: give the data, the layer "
                    "and the genes that it was made from; dko info {} tells which",
                    path, path));
  return held_out;
}

/// The distances of all predictors, one after the other.
std::vector<double> distances_of(const PredictionEvaluation& evaluation) {
  std::vector<double> distances;
  for (const ProfilePredictor& predictor : evaluation.predictors)
    distances.insert(distances.end(), predictor.distances.begin(), predictor.distances.end());
  return distances;
}

/// Means over resampled cells of each predictor's distances. Collective.
Bootstrap resample(const AtRoot<PredictionEvaluation>& predicted, std::int64_t cells,
                   const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.ranks();
  const std::vector<double> distances = ranks.broadcast(predicted.transform(distances_of));
  return Bootstrap(cells, evaluation.resamples, evaluation.seed, ranks, [&](std::span<const double> weights) {
    Figures means;
    for (auto from = distances.begin(); from != distances.end(); from += cells)
      means.push_back(std::inner_product(weights.begin(), weights.end(), from, 0.0) /
                      static_cast<double>(cells));
    return means;
  });
}

}  // namespace

AtRoot<PredictionEvaluation> evaluate_prediction(const AtRoot<Prediction>& prediction,
                                                 const std::string& path, const Evaluation& evaluation) {
  const Communicator& ranks = evaluation.ranks();
  const RelativeProfiles& profiles = evaluation.profiles;
  AtRoot<HeldOut> held_out = on_root(ranks, [&] { return find_held_out(*prediction, path, profiles); });
  const std::vector<std::int64_t> cells = ranks.broadcast(held_out.take(&HeldOut::cells));
  const std::vector<std::int64_t> known = ranks.broadcast(held_out.take(&HeldOut::known));
  on_root(ranks, [&] {
    // The ridge's on each rank; at root the truth, four predictions, and two in double precision.
    constexpr double of_rank = sizeof(float);
    constexpr double at_root = 5 * sizeof(float) + 2 * sizeof(double);
    const double entries = static_cast<double>(cells.size()) * static_cast<double>(profiles.genes());
    require_memory(entries * (at_root + of_rank * evaluation.nodes.node.size()),
                   "profiles of the held-out cells");
  });
  RidgePrediction ridge = ridge_profiles(profiles, known, cells, evaluation.seed, ranks);
  AtRoot<PredictionEvaluation> result = on_root(ranks, [&] {
    PredictionEvaluation predicted{std::ssize(cells), std::ssize(known), ridge.penalty, {}};
    const auto add = [&](std::string name, std::vector<float> profiles_of_cells) {
      predicted.predictors.push_back({std::move(name), std::move(profiles_of_cells), {}, {}, {}, {}, {}});
      ProfilePredictor& predictor = predicted.predictors.back();
      predictor.agreement = compare_profiles(prediction->truth, predictor.profiles, profiles.genes());
      predictor.correlations = correlate_genes(prediction->truth, predictor.profiles, profiles.genes());
      predictor.distances = distances_of_cells(prediction->truth, predictor.profiles, profiles.genes());
    };
    add("mapping", prediction->predicted);
    add("ridge per gene", std::move(ridge.profiles));
    add("mean share × n", mean_scaled_share_profiles(profiles, known, cells));
    add("mean share", mean_share_profiles(profiles, known, cells));
    return predicted;
  });
  const Bootstrap bootstrap = resample(result, std::ssize(cells), evaluation);
  if (!result.is_here()) return result;
  for (std::size_t at = 0; at < result->predictors.size(); ++at) {
    result->predictors[at].interval = bootstrap.interval(at);
    if (at > 0) result->predictors[at].mapping_less_this = bootstrap.interval_of_difference(0, at);
  }
  return result;
}

}  // namespace dko
