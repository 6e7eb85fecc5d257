#include "dko/simulation/knockout_truth.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "support/full_network.hpp"
#include "support/regulation.hpp"

using namespace dko;

namespace {

std::vector<double> share_of(std::vector<double> x) {
  const double total = std::accumulate(x.begin(), x.end(), 0.0);
  for (double& level : x) level = total > 0 ? level / total : 0;
  return x;
}

}  // namespace

TEST_CASE("the truth by hand: a lone gene is lost, an activator, and a repressor either way") {
  // x0 = 0.5 (repressed by the absent x3: its term is there only where loss frees), x1 = 0.8 x0/(1+x0).
  const std::vector<Regulation> network{{2, 0, 0.5, false}, {0, 1, 0.8, true}, {2, 3, 0.6, false}};
  const RegulatoryDynamics dynamics(network, 4, RepressorLoss::vanishes);
  SimulatedCell cell{{0.5, 0.8 / 3, 0, 0.6},
                     {.kind = {}, .absent = std::vector<bool>(4, false), .rates = {}, .start = {}},
                     0};
  const double total = 0.5 + 0.8 / 3 + 0.6;
  const std::vector<std::int32_t> leaf{1};
  const TrueScores of_leaf = true_scores(dynamics, cell, leaf).value();
  CHECK(of_leaf.vs_original == Approx(0.8 / 3 / total).epsilon(1e-10));
  CHECK(of_leaf.vs_renormalised == 0);  // not what the solver leaves
  // Without x0, x1 decays: only x3 is left, with all of the profile.
  const std::vector<std::int32_t> activator{0};
  const TrueScores of_activator = true_scores(dynamics, cell, activator).value();
  CHECK(of_activator.vs_original == Approx(1 - 0.6 / total).epsilon(1e-10));
  CHECK(of_activator.vs_renormalised == Approx(1 - 0.6 / (0.6 + 0.8 / 3)).epsilon(1e-10));
  // Without both, the same state.
  const std::vector<std::int32_t> both{0, 1};
  CHECK(true_scores(dynamics, cell, both).value().vs_renormalised == Approx(0).margin(1e-12));
}

TEST_CASE("a repressor's loss takes its targets' production, or frees them") {
  // x0 and x2 produce themselves nothing; x1 is repressed by x0 = 0.5, which the absent x2 leaves to itself.
  const std::vector<Regulation> network{{3, 0, 0.9, false}, {0, 1, 0.6, false}, {3, 2, 0.4, false}};
  SimulatedCell cell{{0.9, 0.6 / 1.9, 0.4, 0},
                     {.kind = {}, .absent = std::vector<bool>(4, false), .rates = {}, .start = {}},
                     0};
  const std::vector<std::int32_t> repressor{0};
  const double rest = 0.6 / 1.9 + 0.4;
  const TrueScores lost =
      true_scores(RegulatoryDynamics(network, 4, RepressorLoss::vanishes), cell, repressor).value();
  CHECK(lost.vs_renormalised == Approx(1 - 0.4 / rest).epsilon(1e-10));  // x1 is gone too
  const TrueScores freed =
      true_scores(RegulatoryDynamics(network, 4, RepressorLoss::frees), cell, repressor).value();
  CHECK(freed.vs_renormalised == Approx(0.6 - 0.6 / 1.9 / rest).epsilon(1e-10));  // x1 rises to 0.6 of 1
}

TEST_CASE("the truth agrees with an independent integration of the network without the genes") {
  const RepressorLoss loss = GENERATE(RepressorLoss::vanishes, RepressorLoss::frees);
  const auto network = draw_network({24, 3, NetworkKind::scale_free, 2.5, 0.5, 5});
  const RegulatoryDynamics dynamics(network, 24, loss);
  const SimulatedCell cell =
      simulate_cell(dynamics, Population({.absent = 0.2, .seed = 5}, dynamics.genes()), 0);
  for (std::int32_t a = 0; a < 24; a += 3) {
    for (const std::int32_t b : {a, (a + 5) % 24}) {
      std::vector<std::int32_t> removed{a};
      if (b != a) removed.push_back(b);
      std::vector<bool> absent = cell.nature.absent;
      std::vector<double> rest = cell.levels;
      for (const std::int32_t gene : removed) {
        absent[static_cast<std::size_t>(gene)] = true;
        rest[static_cast<std::size_t>(gene)] = 0;
      }
      const auto after = share_of(testing::integrated(network, absent, cell.levels, loss));
      const TrueScores scores = true_scores(dynamics, cell, removed).value();
      CHECK(std::abs(scores.vs_original - testing::full_distance(after, share_of(cell.levels))) < 1e-8);
      CHECK(std::abs(scores.vs_renormalised - testing::full_distance(after, share_of(rest))) < 1e-8);
    }
  }
}

TEST_CASE("the truth of a gene that is switched on: by hand, and by an independent integration") {
  // x0 = 0.5 of the absent x2's repression once it is free; x1 = 0.8 x0/(1+x0) of nothing while x0 is absent.
  const std::vector<Regulation> network{{3, 0, 0.5, false}, {0, 1, 0.8, true}, {3, 2, 0.6, false}};
  const RegulatoryDynamics dynamics(network, 4, RepressorLoss::vanishes);
  SimulatedCell cell{
      {0, 0, 0.6, 0}, {.kind = {}, .absent = {true, false, false, false}, .rates = {}, .start = {}}, 0};
  const std::vector<std::int32_t> added{0};
  const TrueScores scores = true_scores(dynamics, cell, {}, added).value();
  const double total = 0.5 + 0.8 / 3 + 0.6;
  CHECK(scores.vs_original == Approx(1 - 0.6 / total).epsilon(1e-9));
  CHECK(scores.vs_renormalised == Approx(0.8 / 3 / total).epsilon(1e-9));

  const auto drawn = draw_network({24, 3, NetworkKind::scale_free, 2.5, 0.5, 5});
  const RegulatoryDynamics of_drawn(drawn, 24, RepressorLoss::vanishes);
  const SimulatedCell another = simulate_cell(of_drawn, Population({.absent = 0.3, .seed = 5}, 24), 0);
  int switched = 0;
  for (std::int32_t gene = 0; gene < 24; ++gene) {
    std::vector<bool> absent = another.nature.absent;
    if (!absent[static_cast<std::size_t>(gene)]) continue;
    absent[static_cast<std::size_t>(gene)] = false;
    const auto after = share_of(testing::integrated(drawn, absent, another.levels, RepressorLoss::vanishes));
    std::vector<double> rest = share_of(another.levels);
    for (double& share : rest) share *= 1 - after[static_cast<std::size_t>(gene)];
    rest[static_cast<std::size_t>(gene)] = after[static_cast<std::size_t>(gene)];
    const std::vector<std::int32_t> on{gene};
    const TrueScores found = true_scores(of_drawn, another, {}, on).value();
    CHECK(std::abs(found.vs_original - testing::full_distance(after, share_of(another.levels))) < 1e-8);
    CHECK(std::abs(found.vs_renormalised - testing::full_distance(after, rest)) < 1e-8);
    ++switched;
  }
  CHECK(switched > 3);
}
