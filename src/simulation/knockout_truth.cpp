#include "dko/simulation/knockout_truth.hpp"

#include <numeric>
#include <vector>

#include "dko/metrics/metrics.hpp"
#include "dko/simulation/steady_state.hpp"

namespace dko {

namespace {

std::vector<double> relative(std::vector<double> levels) {
  const double total = std::accumulate(levels.begin(), levels.end(), 0.0);
  for (double& level : levels) level = total > 0 ? level / total : 0.0;
  return levels;
}

/// What the solver leaves where nothing changes is not to be ranked.
double without_residue(double score) {
  constexpr double residue = 1e-12;
  return score < residue ? 0.0 : score;
}

}  // namespace

std::optional<TrueScores> true_scores(const RegulatoryDynamics& dynamics, const SimulatedCell& cell,
                                      std::span<const std::int32_t> knocked_out,
                                      std::span<const std::int32_t> switched_on) {
  std::vector<bool> absent = cell.nature.absent;
  std::vector<double> without = cell.levels;
  for (const std::int32_t gene : knocked_out) {
    absent[static_cast<std::size_t>(gene)] = true;
    without[static_cast<std::size_t>(gene)] = 0;
  }
  for (const std::int32_t gene : switched_on) absent[static_cast<std::size_t>(gene)] = false;
  const auto settled = resettled(dynamics, absent, without, cell.nature.rates);
  if (!settled) return std::nullopt;
  const std::vector<double> after = relative(*settled);
  std::vector<double> rescaled = relative(std::move(without));
  double mass = 0;
  for (const std::int32_t gene : switched_on) mass += after[static_cast<std::size_t>(gene)];
  for (double& share : rescaled) share *= 1 - mass;
  for (const std::int32_t gene : switched_on)
    rescaled[static_cast<std::size_t>(gene)] = after[static_cast<std::size_t>(gene)];
  return TrueScores{without_residue(bray_curtis(after, relative(cell.levels))),
                    without_residue(bray_curtis(after, rescaled))};
}

}  // namespace dko
