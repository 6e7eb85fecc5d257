#include "training/sparse/effect_statistics.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "dko/base/random.hpp"
#include "support/planted.hpp"
#include "training/sparse/gene_targets.hpp"

using namespace dko;

TEST_CASE("residuals do not hold what effects explain on the scale, whatever brought these back to shares") {
  const RelativeProfiles profiles =
      testing::planted_effects({.cells = 300, .lift = 1.5, .noise = 0.2}, RandomStream(93, "planted"));
  const GeneInputs inputs(profiles, {}, NodeGroup(Communicator::one_rank()));
  StatisticSetting setting;
  setting.profiles = &profiles;
  setting.totals.assign(static_cast<std::size_t>(profiles.cells()), 1.0);
  RandomStream random(94, "cubes");
  GeneCells data;
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    const double root = 4 + (profiles.expresses(cell, 1) ? 0.5 : 0.0) + 0.6 * random.normal();
    data.cells.push_back(cell);
    data.shares.push_back(static_cast<float>(root * root * root / 1000));
  }
  const std::vector<double> targets = targets_of(data, setting.totals);
  REQUIRE(TargetScale(targets).power() < 1);
  BitColumns columns;
  inputs.presence().columns_of(data.cells, columns);
  const std::vector<std::int32_t> regulators{1};
  const auto residuals = [&](double effect) {
    return residuals_of(setting, data, inputs, columns, regulators, std::vector<double>{effect});
  };
  const double before = residuals(0).deviation;
  const double effect = 0.03;  // about 3 · 4.4² · 0.5 / 1000, what a presence adds
  const Residuals found = residuals(effect);
  CHECK(found.deviation < 0.97 * before);
  CHECK(residuals(0.7 * effect).deviation == Approx(found.deviation));
  CHECK(residuals(1.4 * effect).deviation == Approx(found.deviation));
  CHECK(residuals(1.4 * effect).part == Approx(found.part / 1.4));
  CHECK(residuals(10 * effect).part == 0.5);
}
