#include "predicted_losses.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dko/evaluation/knockout_evaluation.hpp"

namespace dko {

double without_rounding(double change) {
  constexpr double step = 1e-9;
  return std::round(change / step) * step;
}

std::vector<PredictedChange> log2_changes(const std::vector<MeanChange>& means,
                                          std::span<const std::int32_t> lost) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  std::vector<PredictedChange> changes(lost.size());
  for (std::size_t at = 0; at < lost.size(); ++at) {
    const MeanChange& mean = means[at];
    if (std::min(mean.cells, mean.cells_after) < fewest_cells_compared) continue;
    for (std::int32_t gene = 0; gene < std::ssize(mean.before); ++gene)
      changes[at].push_back(gene == lost[at] ? none
                                             : without_rounding(mean.log2_change(gene).value_or(none)));
  }
  return changes;
}

double losses_bytes(std::int64_t lost, std::int64_t genes) {
  // Two profiles a gene, once more while they are summed, the changes, and a ridge regression of all genes.
  constexpr double arrays = 5 * 8;
  constexpr double of_ridge = 4 * 8;
  const auto width = static_cast<double>(genes);
  return arrays * static_cast<double>(lost) * width + of_ridge * width * width;
}

}  // namespace dko
