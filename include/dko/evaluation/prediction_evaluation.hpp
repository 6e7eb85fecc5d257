#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/evaluation/evaluation.hpp"
#include "dko/metrics/bootstrap.hpp"
#include "dko/metrics/profile_agreement.hpp"
#include "dko/results/prediction_file.hpp"

namespace dko {

/// One way to predict the held-out profiles, and how well it does.
struct ProfilePredictor {
  std::string name;
  std::vector<float> profiles;  ///< cells × genes by rows
  ProfileAgreement agreement;
  GeneCorrelations correlations;
  std::vector<double> distances;     ///< Bray-Curtis of each cell
  std::optional<Interval> interval;  ///< of their mean
  /// Interval of the mapping's mean distance less this one's.
  std::optional<Interval> mapping_less_this;
};

struct PredictionEvaluation {
  std::int64_t held_out_cells = 0;
  std::int64_t known_cells = 0;
  double ridge_penalty = 0;
  std::vector<ProfilePredictor> predictors;  ///< the mapping first, then the baselines
};

/// Compares the held-out profiles of a prediction with baselines that learn from the other cells of the
/// input: a ridge regression per gene, mean shares × n, mean shares. `path` is the prediction's, for
/// messages. Collective. @throws CollectiveFailure if the prediction is of other data
AtRoot<PredictionEvaluation> evaluate_prediction(const AtRoot<Prediction>& prediction,
                                                 const std::string& path, const Evaluation& evaluation);

}  // namespace dko
