#pragma once
// What the ways of predicting share.

#include "dko/evaluation/perturbed/predicted_losses.hpp"
#include "dko/evaluation/real_knockout.hpp"

namespace dko {

/// Without what rounding adds: changes that differ by less than 1e-9 are ties.
double without_rounding(double change);

/// Log2 changes of means, without rounding, one for each of `lost`.
std::vector<PredictedChange> log2_changes(const std::vector<MeanChange>& means,
                                          std::span<const std::int32_t> lost);

}  // namespace dko
