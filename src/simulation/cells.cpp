#include "dko/simulation/cells.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <optional>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/random.hpp"
#include "dko/simulation/steady_state.hpp"

namespace dko {

namespace {

constexpr std::int64_t most_draws = 10;

}  // namespace

SimulatedCell simulate_cell(const RegulatoryDynamics& dynamics, std::int64_t cell, double absent,
                            std::uint64_t seed) {
  const auto genes = static_cast<std::size_t>(dynamics.genes());
  const std::int64_t absent_count = std::llround(absent * static_cast<double>(genes));
  for (std::int64_t draw = 0; draw < most_draws; ++draw) {
    RandomStream stream(seed, "cells", static_cast<std::uint64_t>(cell * most_draws + draw));
    SimulatedCell simulated{{}, std::vector<bool>(genes, false), draw};
    for (const std::int64_t gene : stream.distinct(absent_count, dynamics.genes()))
      simulated.absent[static_cast<std::size_t>(gene)] = true;
    std::vector<double> start(genes);
    for (double& level : start) level = stream.uniform(0, 1);
    auto levels = steady_state(dynamics, simulated.absent, std::move(start));
    if (!levels) continue;
    simulated.levels = std::move(*levels);
    return simulated;
  }
  throw Error(ExitCode::failure,
              fmt::format("cell {} of this network reaches no steady state; try another {}", cell,
                          parameter("seed")));
}

std::vector<double> count_molecules(const std::vector<double>& levels, std::int64_t cell, double molecules,
                                    double spread, std::uint64_t seed) {
  RandomStream stream(seed, "molecules", static_cast<std::uint64_t>(cell));
  const double total = std::accumulate(levels.begin(), levels.end(), 0.0);
  const double depth = molecules * std::exp(spread * stream.normal() - spread * spread / 2);
  std::vector<double> counts;
  for (const double level : levels) {
    counts.push_back(level > 0 ? static_cast<double>(stream.poisson(depth * level / total)) : 0.0);
  }
  return counts;
}

ExpressionMatrix simulated_matrix(const std::vector<std::vector<double>>& levels) {
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> genes;
  std::vector<float> values;
  for (const std::vector<double>& cell : levels) {
    for (std::size_t gene = 0; gene < cell.size(); ++gene) {
      if (!(cell[gene] > 0)) continue;
      genes.push_back(static_cast<std::int32_t>(gene));
      values.push_back(static_cast<float>(cell[gene]));
    }
    starts.push_back(std::ssize(genes));
  }
  return {numbered_names("gene", std::ssize(levels.front())), numbered_names("cell", std::ssize(levels)),
          NodeArray(std::move(starts)), NodeArray(std::move(genes)), NodeArray(std::move(values))};
}

}  // namespace dko
