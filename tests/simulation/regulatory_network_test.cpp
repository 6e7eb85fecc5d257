#include "dko/simulation/regulatory_network.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <utility>

#include "dko/base/error.hpp"

using namespace dko;

namespace {

std::vector<int> out_degrees(const std::vector<Regulation>& network, std::int64_t genes) {
  std::vector<int> degree(static_cast<std::size_t>(genes));
  for (const Regulation& edge : network) ++degree[static_cast<std::size_t>(edge.regulator)];
  return degree;
}

}  // namespace

TEST_CASE("networks have the edges that were asked for") {
  for (const NetworkKind kind : {NetworkKind::erdos_renyi, NetworkKind::scale_free}) {
    const NetworkOptions options{200, 3, kind, 2.5, 0.3, 11};
    const auto network = draw_network(options);
    CHECK(network.size() == 600);
    std::set<std::pair<int, int>> edges;
    int activating = 0;
    for (const Regulation& edge : network) {
      CHECK(edge.regulator != edge.target);
      CHECK((edge.regulator >= 0 && edge.regulator < 200 && edge.target >= 0 && edge.target < 200));
      CHECK((edge.weight > 0 && edge.weight < 1));
      edges.emplace(edge.regulator, edge.target);
      activating += edge.activates ? 1 : 0;
    }
    CHECK(edges.size() == 600);
    CHECK(activating == 180);
  }
}

TEST_CASE("a network depends on its seed alone") {
  const NetworkOptions options{50, 3, NetworkKind::erdos_renyi, 3, 0.5, 4};
  NetworkOptions other = options;
  other.seed = 5;
  const auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Regulation& x, const Regulation& y) {
      return x.regulator == y.regulator && x.target == y.target && x.activates == y.activates &&
             std::abs(x.weight - y.weight) <= 0;
    });
  };
  CHECK(same(draw_network(options), draw_network(options)));
  CHECK_FALSE(same(draw_network(options), draw_network(other)));
}

TEST_CASE("Erdős–Rényi degrees vary as a Poisson variable's, scale-free ones far more") {
  const auto variance = [](const std::vector<int>& degree) {
    double sum = 0;
    double squares = 0;
    for (const int d : degree) {
      sum += d;
      squares += d * d;
    }
    const auto count = static_cast<double>(degree.size());
    return squares / count - (sum / count) * (sum / count);
  };
  const auto uniform = out_degrees(draw_network({2000, 3, NetworkKind::erdos_renyi, 3, 0.5, 1}), 2000);
  CHECK(variance(uniform) == Approx(3).epsilon(0.15));
  const auto skewed = out_degrees(draw_network({2000, 3, NetworkKind::scale_free, 2.5, 0.5, 1}), 2000);
  CHECK(variance(skewed) > 20);
}

TEST_CASE("impossible networks are refused") {
  CHECK_THROWS_AS(draw_network({1, 0.1, NetworkKind::erdos_renyi, 3, 0.5, 1}), UsageError);
  CHECK_THROWS_AS(draw_network({10, 8, NetworkKind::erdos_renyi, 3, 0.5, 1}), UsageError);
  CHECK_THROWS_AS(draw_network({10, 0, NetworkKind::erdos_renyi, 3, 0.5, 1}), UsageError);
  CHECK_THROWS_AS(draw_network({10, 3, NetworkKind::scale_free, 2, 0.5, 1}), UsageError);
  CHECK_THROWS_AS(draw_network({10, 3, NetworkKind::erdos_renyi, 3, 1.5, 1}), UsageError);
}

TEST_CASE("acyclic networks have no cycle, and as many regulations") {
  for (const NetworkKind kind : {NetworkKind::erdos_renyi, NetworkKind::scale_free}) {
    const NetworkOptions options{.genes = 60, .mean_degree = 4, .kind = kind, .seed = 3, .acyclic = true};
    const std::vector<Regulation> network = draw_network(options);
    CHECK(network.size() == 240);
    // Genes without regulators are taken away until none is left.
    std::vector<bool> is_gone(60, false);
    for (int round = 0; round < 60; ++round) {
      std::vector<bool> is_regulated(60, false);
      for (const Regulation& edge : network) {
        CHECK(edge.regulator != edge.target);
        if (!is_gone[static_cast<std::size_t>(edge.regulator)])
          is_regulated[static_cast<std::size_t>(edge.target)] = true;
      }
      for (std::size_t gene = 0; gene < 60; ++gene) {
        if (!is_regulated[gene]) is_gone[gene] = true;
      }
    }
    CHECK(std::all_of(is_gone.begin(), is_gone.end(), [](bool gone) { return gone; }));
    std::set<std::pair<std::int32_t, std::int32_t>> edges;
    for (const Regulation& edge : network) edges.emplace(edge.regulator, edge.target);
    CHECK(edges.size() == 240);
  }
}

TEST_CASE("weights reach up to the strength") {
  double largest = 0;
  for (const Regulation& edge : draw_network({.genes = 100, .mean_degree = 3, .strength = 5}))
    largest = std::max(largest, edge.weight);
  CHECK(largest > 4);
  CHECK(largest < 5);
}
