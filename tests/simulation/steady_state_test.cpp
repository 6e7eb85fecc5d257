#include "dko/simulation/steady_state.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "support/regulation.hpp"

using namespace dko;

namespace steady_state_test {

/// By hand: x0 has no regulator; x0 represses x1, x1 activates x2.
const std::vector<Regulation> chain{{0, 1, 0.5, false}, {1, 2, 0.8, true}};

double worst(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0;
  for (std::size_t at = 0; at < a.size(); ++at) most = std::max(most, std::abs(a[at] - b[at]));
  return most;
}

NetworkOptions options_of(int kind, std::uint64_t seed) {
  NetworkOptions options{20, 3, NetworkKind::erdos_renyi, 3, 0.5, seed};
  if (kind == 1) options = {24, 2, NetworkKind::scale_free, 2.5, 0.8, seed};
  if (kind == 2) options = {18, 5, NetworkKind::scale_free, 3.5, 0.2, seed};
  return options;
}

TEST_CASE("one repressed and one activated gene settle where the algebra says") {
  // x0 decays to 0. x1 = 0.5/(1 + x0) = 0.5. x2 = 0.8 x1/(1 + x1) = 0.8/3.
  const RegulatoryDynamics dynamics(chain, 3, RepressorLoss::vanishes);
  const auto x = steady_state(dynamics, {false, false, false}, {0.7, 0.3, 0.9}).value();
  CHECK(x[0] == 0);
  CHECK(x[1] == Approx(0.5).epsilon(1e-11));
  CHECK(x[2] == Approx(0.8 / 3).epsilon(1e-11));
}

TEST_CASE("an absent repressor's term vanishes, or frees its target, as asked") {
  const std::vector<bool> absent{true, false, false};
  const RegulatoryDynamics vanishes(chain, 3, RepressorLoss::vanishes);
  CHECK(steady_state(vanishes, absent, {0.7, 0.3, 0.9}).value() == std::vector<double>{0, 0, 0});
  const RegulatoryDynamics frees(chain, 3, RepressorLoss::frees);
  const auto x = steady_state(frees, absent, {0.7, 0.3, 0.9}).value();
  CHECK(x[1] == Approx(0.5).epsilon(1e-11));
  CHECK(x[2] == Approx(0.8 / 3).epsilon(1e-11));
}

TEST_CASE("a cell that lacks every gene settles at nothing") {
  const RegulatoryDynamics dynamics(chain, 3, RepressorLoss::frees);
  const std::vector<bool> absent(3, true);
  CHECK(steady_state(dynamics, absent, {0.7, 0.3, 0.9}).value() == std::vector<double>{0, 0, 0});
  CHECK(resettled(dynamics, absent, {0.7, 0.3, 0.9}).value() == std::vector<double>{0, 0, 0});
}

TEST_CASE("steady states agree with an independent integration, before and after a loss") {
  const int kind = GENERATE(0, 1, 2);
  const RepressorLoss loss = GENERATE(RepressorLoss::vanishes, RepressorLoss::frees);
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const NetworkOptions options = options_of(kind, seed);
    const auto genes = static_cast<std::size_t>(options.genes);
    const auto network = draw_network(options);
    const RegulatoryDynamics dynamics(network, options.genes, loss);
    std::vector<bool> absent(genes, false);
    absent[seed] = absent[7] = true;
    const std::vector<double> start(genes, 0.4);
    const auto x = steady_state(dynamics, absent, start).value();
    CHECK(worst(x, testing::integrated(network, absent, start, loss)) < 1e-8);
    for (const std::size_t lost : {4U, 11U, 15U}) {
      std::vector<bool> without = absent;
      without[lost] = true;
      const auto after = resettled(dynamics, without, x).value();
      CHECK(worst(after, testing::integrated(network, without, x, loss)) < 1e-8);
    }
  }
}

TEST_CASE(
    "strong negative feedback, where plain fixed-point iteration swings for ever, settles all the same") {
  // Twelve repressors of one gene that activates them all: F has slope below −1 at its fixed point.
  std::vector<Regulation> network;
  for (std::int32_t gene = 1; gene <= 12; ++gene) {
    network.push_back({0, gene, 0.99, true});
    network.push_back({gene, 0, 0.99, false});
  }
  const RegulatoryDynamics dynamics(network, 13, RepressorLoss::vanishes);
  const std::vector<bool> absent(13, false);
  const std::vector<double> start(13, 1.0);
  const auto expected = testing::integrated(network, absent, start, RepressorLoss::vanishes);
  CHECK(worst(resettled(dynamics, absent, start).value(), expected) < 1e-8);
  CHECK(worst(steady_state(dynamics, absent, start).value(), expected) < 1e-8);
}

}  // namespace steady_state_test
