#include "constant_losses.hpp"

#include <limits>

namespace dko {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Nothing where there is no other target.
PredictedChange mean_of_others(const PerturbationEvaluation& evaluation, std::size_t target) {
  if (evaluation.targets.size() < 2) return {};
  PredictedChange mean;
  for (std::int32_t gene = 0; gene < evaluation.genes; ++gene) {
    double sum = 0;
    double count = 0;
    for (std::size_t other = 0; other < evaluation.targets.size(); ++other) {
      const PerturbationTruth& truth = evaluation.targets[other].truth;
      if (other == target || truth.gene == gene) continue;
      sum += truth.log2_change[static_cast<std::size_t>(gene)];
      count += 1;
    }
    mean.push_back(count > 0 ? sum / count : none);
  }
  return mean;
}

}  // namespace

std::vector<PredictedLosses> constant_losses(const PerturbationEvaluation& evaluation) {
  PredictedLosses nothing{"no change", false, true, {}};
  PredictedLosses mean{mean_response, false, true, {}};
  PredictedLosses abundance{"abundance", false, false, {}};
  for (std::size_t target = 0; target < evaluation.targets.size(); ++target) {
    nothing.changes.emplace_back(static_cast<std::size_t>(evaluation.genes), 0.0);
    mean.changes.push_back(mean_of_others(evaluation, target));
    abundance.changes.push_back(evaluation.targets[target].truth.control_share);
  }
  return {std::move(nothing), std::move(mean), std::move(abundance)};
}

}  // namespace dko
