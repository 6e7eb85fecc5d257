#include "dko/workflow/prediction_run.hpp"

#include "dko/metrics/baselines.hpp"
#include "dko/metrics/profile_agreement.hpp"

namespace dko {

Prediction make_prediction(const Model& model, const RelativeProfiles& profiles, const Split& split) {
  Prediction prediction;
  prediction.provenance = model.provenance;
  prediction.genes = profiles.gene_names();
  for (const std::int64_t cell : split.held_out) {
    prediction.cells.push_back(profiles.cell_names()[static_cast<std::size_t>(cell)]);
  }
  std::vector<std::int64_t> known = split.training;
  known.insert(known.end(), split.validation.begin(), split.validation.end());
  prediction.truth = dense_profiles(profiles, split.held_out);
  prediction.predicted = predict_profiles(model, profiles, split.held_out);
  prediction.mapping = compare_profiles(prediction.truth, prediction.predicted, profiles.genes());
  prediction.mean_share = compare_profiles(
      prediction.truth, mean_share_profiles(profiles, known, split.held_out), profiles.genes());
  return prediction;
}

}  // namespace dko
