#include "training/sparse/gene_targets.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/random.hpp"
#include "support/plain_scale.hpp"

using namespace dko;

namespace {

constexpr std::size_t count = 400;

/// Powers of normal values: those of 1/a are normal on the scale of power a.
std::vector<double> powers_of_normal(double power, std::uint64_t seed) {
  RandomStream random(seed, "powers of normal");
  std::vector<double> values;
  while (values.size() < count) values.push_back(std::pow(std::max(0.5, 4 + random.normal()), power));
  return values;
}

}  // namespace

TEST_CASE("targets are shares times the totals of their cells") {
  const std::vector<double> totals{1, 2, 3, 4};
  const std::vector<double> found = targets_of({{1, 3}, {0.5F, 0.25F}}, totals);
  REQUIRE(found.size() == 2);
  CHECK(found[0] == 1);
  CHECK(found[1] == 1);
}

TEST_CASE("the scale of a gene is the one by which its values are normal") {
  CHECK(TargetScale(powers_of_normal(1, 1)).power() == 1);
  CHECK(TargetScale(powers_of_normal(1 / 0.75, 2)).power() == 0.75);
  CHECK(TargetScale(powers_of_normal(2, 3)).power() == 0.5);
  CHECK(TargetScale(powers_of_normal(3, 4)).power() == Approx(1.0 / 3));
  CHECK(TargetScale(powers_of_normal(6, 5)).power() == Approx(1.0 / 3));
}

TEST_CASE("scaled values have the mean of the values, their order, and near it their differences") {
  for (const double power : {1.0, 1.4, 2.0, 3.0}) {
    const std::vector<double> values = powers_of_normal(power, 6);
    const TargetScale scale(values);
    const std::vector<double> right = testing::plainly_scaled(values);
    double mean = 0;
    double of_scaled = 0;
    for (std::size_t at = 0; at < count; ++at) {
      CHECK(scale(values[at]) == Approx(right[at]));
      mean += values[at] / count;
      of_scaled += scale(values[at]) / count;
    }
    CHECK(scale.mean() == Approx(mean));
    CHECK(of_scaled == Approx(mean));
    CHECK(scale(1.001 * mean) - scale(mean) == Approx(0.001 * mean).epsilon(1e-3));
    CHECK(scale(0.5 * mean) < scale(mean));
  }
}

TEST_CASE("values that are all the same, one, or none, stay what they are") {
  CHECK(TargetScale(std::vector<double>{3, 3, 3})(3) == 3);
  CHECK(TargetScale(std::vector<double>{0.25})(0.25) == 0.25);
  CHECK(TargetScale(std::vector<double>{})(2) == 2);
  CHECK(TargetScale()(2) == 2);
}
