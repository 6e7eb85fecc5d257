#include "dko/simulation/cells.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "dko/simulation/observation.hpp"
#include "dko/simulation/steady_state.hpp"

using namespace dko;

namespace {

RegulatoryDynamics small_network() {
  return {draw_network({50, 3, NetworkKind::erdos_renyi, 3, 0.5, 1}), 50, RepressorLoss::vanishes};
}

}  // namespace

TEST_CASE("simulated cells lack as many genes as asked, and depend on seed and number alone") {
  const RegulatoryDynamics dynamics = small_network();
  for (std::int64_t cell = 0; cell < 20; ++cell) {
    const SimulatedCell simulated =
        simulate_cell(dynamics, Population({.absent = 0.2, .seed = 9}, dynamics.genes()), cell);
    CHECK(std::count(simulated.nature.absent.begin(), simulated.nature.absent.end(), true) == 10);
    for (std::size_t gene = 0; gene < 50; ++gene) {
      CHECK((simulated.levels[gene] <= 0 || simulated.levels[gene] >= least_expression));
      if (simulated.nature.absent[gene]) CHECK(simulated.levels[gene] == 0);
    }
    CHECK(simulate_cell(dynamics, Population({.absent = 0.2, .seed = 9}, dynamics.genes()), cell).levels ==
          simulated.levels);
    CHECK(simulate_cell(dynamics, Population({.absent = 0.2, .seed = 10}, dynamics.genes()), cell).levels !=
          simulated.levels);
  }
}

TEST_CASE("molecule counts are Poisson about the profile, and only of what is expressed") {
  const std::vector<double> levels{1, 0, 2, 5, 0, 2};
  constexpr int cells = 4000;
  std::vector<double> sums(levels.size());
  std::vector<double> squares(levels.size());
  for (int cell = 0; cell < cells; ++cell) {
    const auto counts = count_molecules(levels, cell, 50, 0, 7);
    for (std::size_t gene = 0; gene < levels.size(); ++gene) {
      sums[gene] += counts[gene];
      squares[gene] += counts[gene] * counts[gene];
    }
  }
  for (std::size_t gene = 0; gene < levels.size(); ++gene) {
    const double mean = sums[gene] / cells;
    const double variance = squares[gene] / cells - mean * mean;
    CHECK(mean == Approx(5 * levels[gene]).epsilon(0.03).margin(0));  // 50 molecules over a sum of 10
    CHECK(variance == Approx(5 * levels[gene]).epsilon(0.1).margin(0));
  }
}

TEST_CASE("the spread of depths leaves their mean") {
  double sum = 0;
  for (int cell = 0; cell < 4000; ++cell) {
    const auto counts = count_molecules({1, 1}, cell, 100, 0.5, 3);
    sum += counts[0] + counts[1];
  }
  CHECK(sum / 4000 == Approx(100).epsilon(0.03));
}

TEST_CASE("a cell of nothing has no molecules") {
  CHECK(count_molecules({0, 0}, 0, 100, 0.3, 1) == std::vector<double>{0, 0});
}
