#pragma once

#include <vector>

#include "dko/evaluation/perturbed/perturbation_evaluation.hpp"
#include "dko/evaluation/perturbed/predicted_losses.hpp"

namespace dko {

/// What says the same whatever gene is lost, for each target: no change; the mean log2 change of the other
/// targets, of each gene without the target that it is; and, as a size alone, the mean share in control
/// cells. Local.
std::vector<PredictedLosses> constant_losses(const PerturbationEvaluation& evaluation);

}  // namespace dko
