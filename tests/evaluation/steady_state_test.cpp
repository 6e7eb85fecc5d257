#include "dko/evaluation/steady_state.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/evaluation/simulation.hpp"

using namespace dko;

namespace {

/// Classical Runge-Kutta with small steps over a matrix of weights: another method, another data structure.
std::vector<double> integrated(const std::vector<Regulation>& network, const std::vector<bool>& absent,
                               std::vector<double> x) {
  const std::size_t n = x.size();
  std::vector<std::vector<double>> raise(n, std::vector<double>(n, 0.0));
  std::vector<std::vector<double>> lower(n, std::vector<double>(n, 0.0));
  for (const Regulation& edge : network) {
    auto& table = edge.activates ? raise : lower;
    table[static_cast<std::size_t>(edge.target)][static_cast<std::size_t>(edge.regulator)] = edge.weight;
  }
  const auto slope = [&](const std::vector<double>& at) {
    std::vector<double> rate(n, 0.0);
    for (std::size_t j = 0; j < n; ++j) {
      if (absent[j]) continue;
      rate[j] = -at[j];
      for (std::size_t i = 0; i < n; ++i) {
        if (!absent[i]) rate[j] += (raise[j][i] * at[i] + lower[j][i]) / (1 + at[i]);
      }
    }
    return rate;
  };
  for (std::size_t j = 0; j < n; ++j) {
    if (absent[j]) x[j] = 0;
  }
  constexpr double step = 0.02;
  for (int at = 0; at < 20000; ++at) {
    const auto moved = [&](const std::vector<double>& by, double part) {
      std::vector<double> to = x;
      for (std::size_t j = 0; j < n; ++j) to[j] += part * step * by[j];
      return to;
    };
    const auto k1 = slope(x);
    const auto k2 = slope(moved(k1, 0.5));
    const auto k3 = slope(moved(k2, 0.5));
    const auto k4 = slope(moved(k3, 1));
    for (std::size_t j = 0; j < n; ++j) x[j] += step / 6 * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]);
  }
  return x;
}

}  // namespace

TEST_CASE("one repressed and one activated gene settle where the algebra says") {
  // x0 has no regulator: 0. x1 = 0.5 /(1 + x0) = 0.5. x2 = 0.8 x1/(1 + x1) = 0.8/3.
  const std::vector<Regulation> network{{0, 1, 0.5, false}, {1, 2, 0.8, true}};
  const auto x = steady_state(network, {false, false, false}, {0.7, 0.3, 0.9}).value();
  CHECK(x[0] == 0);
  CHECK(x[1] == Approx(0.5).epsilon(1e-9));
  CHECK(x[2] == Approx(0.8 / 3).epsilon(1e-9));
}

TEST_CASE("an absent gene is zero and regulates nothing, not even as a repressor") {
  const std::vector<Regulation> network{{0, 1, 0.5, false}, {1, 2, 0.8, true}};
  const auto x = steady_state(network, {true, false, false}, {0.7, 0.3, 0.9}).value();
  CHECK(x == std::vector<double>{0, 0, 0});
}

TEST_CASE("steady states agree with an independent integration") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const std::size_t genes = 20;
    const auto network =
        draw_network({static_cast<std::int64_t>(genes), 3, NetworkKind::erdos_renyi, 3, 0.5, seed});
    std::vector<bool> absent(genes, false);
    absent[seed] = absent[7] = true;
    std::vector<double> start(genes, 0.4);
    const auto x = steady_state(network, absent, start).value();
    const auto expected = integrated(network, absent, start);
    for (std::size_t gene = 0; gene < genes; ++gene) CHECK(x[gene] == Approx(expected[gene]).margin(1e-8));
  }
}

TEST_CASE("simulated cells lack as many genes as asked, and depend on the seed alone") {
  const auto network = draw_network({50, 3, NetworkKind::erdos_renyi, 3, 0.5, 1});
  const auto cells = simulate_cells(network, 50, 30, 0.2, 9);
  REQUIRE(cells.expression.size() == 30);
  for (const auto& levels : cells.expression) {
    int none = 0;
    for (const double level : levels) {
      CHECK(level >= 0);
      none += level > 0 ? 0 : 1;
    }
    CHECK(none >= 10);
  }
  CHECK(simulate_cells(network, 50, 30, 0.2, 9).expression == cells.expression);
  CHECK(simulate_cells(network, 50, 30, 0.2, 10).expression != cells.expression);
  // A cell does not depend on how many others are made.
  CHECK(simulate_cells(network, 50, 3, 0.2, 9).expression[2] == cells.expression[2]);
}
