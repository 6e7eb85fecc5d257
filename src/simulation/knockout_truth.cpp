#include "dko/simulation/knockout_truth.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "dko/simulation/steady_state.hpp"

namespace dko {

namespace {

std::vector<double> relative(std::vector<double> levels) {
  const double total = std::accumulate(levels.begin(), levels.end(), 0.0);
  for (double& level : levels) level = total > 0 ? level / total : 0.0;
  return levels;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0;
  double sum = 0;
  for (std::size_t at = 0; at < a.size(); ++at) {
    difference += std::abs(a[at] - b[at]);
    sum += a[at] + b[at];
  }
  return sum > 0 ? difference / sum : 0.0;
}

}  // namespace

std::optional<TrueScores> true_scores(const RegulatoryDynamics& dynamics, const SimulatedCell& cell,
                                      std::span<const std::int32_t> knocked_out) {
  std::vector<bool> absent = cell.absent;
  std::vector<double> without = cell.levels;
  for (const std::int32_t gene : knocked_out) {
    absent[static_cast<std::size_t>(gene)] = true;
    without[static_cast<std::size_t>(gene)] = 0;
  }
  const auto settled = resettled(dynamics, absent, without);
  if (!settled) return std::nullopt;
  const std::vector<double> after = relative(*settled);
  return TrueScores{distance(after, relative(cell.levels)), distance(after, relative(std::move(without)))};
}

}  // namespace dko
