#include "absent_outputs.hpp"

namespace dko {

namespace {

/// Σ A x of all genes.
std::vector<double> sums_of_effects(const SparseMapping& mapping, const IntactCell& cell) {
  const std::vector<double> x = mapping.inputs(cell);
  std::vector<double> sums(static_cast<std::size_t>(mapping.genes()), 0.0);
  for (std::size_t from = 0; from < x.size(); ++from) {
    const SparseColumn column = mapping.column(cell.expressed[from]);
    for (std::size_t at = 0; at < column.genes.size(); ++at)
      sums[static_cast<std::size_t>(column.genes[at])] += column.effects[at] * x[from];
  }
  return sums;
}

/// f = Vᵀz
std::vector<double> state_of(const SparseMapping& mapping, const IntactCell& cell) {
  const auto r = static_cast<std::size_t>(mapping.factors());
  std::vector<double> state(r, 0.0);
  for (const std::int32_t gene : cell.expressed) {
    for (std::size_t k = 0; k < r; ++k)
      state[k] += mapping.loadings()[static_cast<std::size_t>(gene) * r + k];
  }
  return state;
}

}  // namespace

std::vector<double> raw_outputs_of(const SparseMapping& mapping, const IntactCell& cell,
                                   std::span<const std::int32_t> genes) {
  if (genes.empty()) return {};
  const std::vector<double> sums = sums_of_effects(mapping, cell);
  const std::vector<double> state = state_of(mapping, cell);
  const auto m = cell.covariates.empty() ? 0 : static_cast<std::size_t>(mapping.covariates());
  std::vector<double> outputs;
  for (const std::int32_t gene : genes) {
    const auto at = static_cast<std::size_t>(gene);
    double output = sums[at] + mapping.offset()[at];
    for (std::size_t k = 0; k < state.size(); ++k)
      output += mapping.responses()[at * state.size() + k] * state[k];
    for (std::size_t l = 0; l < m; ++l)
      output += mapping.covariate_responses()[at * m + l] * cell.covariates[l];
    outputs.push_back(output);
  }
  return outputs;
}

double input_of_added(const SparseMapping& mapping, std::int32_t gene) {
  const auto at = static_cast<std::size_t>(gene);
  if (!mapping.has_levels() || !(mapping.level_scale()[at] > 0)) return 1;
  return level_input(mapping.level_scale()[at], mapping.level_mean()[at], mapping.level_mean()[at]);
}

}  // namespace dko
