#include "totals.hpp"

#include <algorithm>
#include <numeric>

namespace dko {

std::vector<double> outputs_of(const SparseMapping& mapping, const RelativeProfiles& profiles,
                               std::int64_t cell) {
  const auto expressed = profiles.expressed(cell);
  std::vector<double> outputs = mapping.raw_outputs(intact_cell(profiles, cell));
  for (std::size_t at = 0; at < outputs.size(); ++at)
    outputs[at] = std::max(outputs[at], mapping.floor()[static_cast<std::size_t>(expressed[at])]);
  return outputs;
}

std::vector<double> totals_by(const SparseMapping& mapping, const RelativeProfiles& profiles,
                              std::span<const std::int64_t> fitted, const Communicator& communicator) {
  std::vector<double> sums(static_cast<std::size_t>(profiles.cells()), 0.0);
  const RankShare mine = communicator.share_of(profiles.cells());
  for (std::int64_t cell = mine.first; cell < mine.last; ++cell) {
    const std::vector<double> outputs = outputs_of(mapping, profiles, cell);
    sums[static_cast<std::size_t>(cell)] = std::accumulate(outputs.begin(), outputs.end(), 0.0);
  }
  communicator.sum(std::span<double>(sums));
  double of_sums = 0;
  double of_counts = 0;
  for (const std::int64_t cell : fitted) {
    of_sums += sums[static_cast<std::size_t>(cell)];
    of_counts += static_cast<double>(profiles.expressed_count(cell));
  }
  for (double& sum : sums) sum *= of_counts / of_sums;
  return sums;
}

std::vector<double> totals_by_levels(const GeneInputs& inputs, const ExpressionMatrix& matrix) {
  std::vector<double> totals;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    totals.push_back(static_cast<double>(matrix.expressed_count(cell)) / inputs.factor(cell));
  return totals;
}

}  // namespace dko
