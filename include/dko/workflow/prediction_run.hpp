#pragma once

#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/results/prediction_file.hpp"
#include "dko/training/split.hpp"

namespace dko {

/// Predicts the profiles of the cells that are held out, and compares them with the true ones, beside the
/// mean shares of the others. `profiles` are those that the model was trained on. Local: rank 0.
Prediction make_prediction(const Model& model, const RelativeProfiles& profiles, const Split& split);

}  // namespace dko
