#include "dko/simulation/effects_truth.hpp"

#include <catch2/catch.hpp>

#include "dko/simulation/steady_state.hpp"

using namespace dko;

namespace {

/// Gene 0 activates gene 1, which represses gene 2; gene 3 is alone.
RegulatoryDynamics chain() {
  const std::vector<Regulation> network{{0, 1, 2.0, true}, {1, 2, 3.0, false}};
  return {network, 4, RepressorLoss::vanishes, Kinetics::multiplicative};
}

double hill(double x) {
  return x * x / (1 + x * x);
}

SimulatedCell settled(const RegulatoryDynamics& dynamics, std::vector<bool> absent) {
  SimulatedCell cell;
  cell.nature.absent = std::move(absent);
  cell.levels = steady_state(dynamics, cell.nature.absent, {0.5, 0.5, 0.5, 0.5}).value();
  return cell;
}

}  // namespace

TEST_CASE("the effects of a chain are those of its equations") {
  const RegulatoryDynamics dynamics = chain();
  const SimulatedCell cell = settled(dynamics, {false, false, false, false});
  const double second = 1 + 2 * hill(1);  // = 2
  const double third = 1 / (1 + 3 * hill(second));
  REQUIRE(cell.levels[0] == Approx(1));
  REQUIRE(cell.levels[1] == Approx(second));
  REQUIRE(cell.levels[2] == Approx(third));
  EffectSums sums(4);
  REQUIRE(add_effects(dynamics, cell, sums) == 0);
  CHECK(sums.mean(0, 1).value() == Approx(1 / second - 1));
  CHECK(sums.mean(0, 2).value() == Approx(1 / (1 + 3 * hill(1)) / third - 1));
  CHECK(sums.mean(1, 2).value() == Approx(1 / third - 1));
  CHECK(sums.mean(2, 1).value() == 0);
  CHECK(sums.mean(0, 3).value() == 0);
  CHECK_FALSE(sums.mean(0, 0).has_value());
}

TEST_CASE("only cells that have both genes count") {
  const RegulatoryDynamics dynamics = chain();
  EffectSums sums(4);
  add_effects(dynamics, settled(dynamics, {false, false, false, false}), sums);
  add_effects(dynamics, settled(dynamics, {true, false, false, false}), sums);
  add_effects(dynamics, settled(dynamics, {false, false, true, true}), sums);
  CHECK(sums.cells[0 * 4 + 1] == 2);
  CHECK(sums.cells[0 * 4 + 2] == 1);
  CHECK(sums.cells[1 * 4 + 2] == 2);
  CHECK(sums.cells[3 * 4 + 2] == 2);
  // Without gene 0 gene 1 stands at 1; the mean is over both cells.
  const double full = 1 / (1 + 3 * hill(2.0));
  const double low = 1 / (1 + 3 * hill(1.0));
  CHECK(sums.mean(1, 2).value() == Approx(((1 / full - 1) + (1 / low - 1)) / 2));
}

TEST_CASE("sums of changes of as many cells as can be simulated hold") {
  constexpr double most = 9.2e18;
  CHECK(EffectSums(2, 200000).unit == EffectSums(2).unit);
  for (const std::int64_t cells : {300000, 10000000}) {
    const EffectSums sums(2, cells);
    CHECK(static_cast<double>(cells) * 10000 / sums.unit < most);
    CHECK(static_cast<double>(cells) * 10000 / sums.unit > most / 4);
  }
}
