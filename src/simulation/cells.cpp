#include "dko/simulation/cells.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/simulation/steady_state.hpp"

namespace dko {

SimulatedCell simulate_cell(const RegulatoryDynamics& dynamics, const Population& population,
                            std::int64_t cell) {
  for (std::int64_t draw = 0; draw < most_draws; ++draw) {
    SimulatedCell simulated{{}, population.nature(cell, draw), draw};
    const CellNature& nature = simulated.nature;
    auto levels = steady_state(dynamics, nature.absent, nature.start, nature.rates);
    if (!levels) continue;
    simulated.levels = std::move(*levels);
    return simulated;
  }
  throw Error(ExitCode::failure,
              fmt::format("cell {} of this network reaches no steady state; try another {}", cell,
                          parameter("seed")));
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
