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
                                      std::span<const std::int32_t> knocked_out) {
  std::vector<bool> absent = cell.nature.absent;
  std::vector<double> without = cell.levels;
  for (const std::int32_t gene : knocked_out) {
    absent[static_cast<std::size_t>(gene)] = true;
    without[static_cast<std::size_t>(gene)] = 0;
  }
  const auto settled = resettled(dynamics, absent, without, cell.nature.rates);
  if (!settled) return std::nullopt;
  const std::vector<double> after = relative(*settled);
  return TrueScores{without_residue(bray_curtis(after, relative(cell.levels))),
                    without_residue(bray_curtis(after, relative(std::move(without))))};
}

}  // namespace dko
