#include "dko/training/sparse/sparse_fit.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "dko/base/random.hpp"
#include "support/planted.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace sparse_fit_test {

constexpr std::int64_t genes = 40;

RelativeProfiles planted(std::int64_t cells, double noise, std::uint64_t seed) {
  return testing::planted_effects({.cells = cells, .noise = noise}, RandomStream(seed, "planted"));
}

FittedMapping fit(const RelativeProfiles& profiles, std::uint64_t seed = 1) {
  return fit_sparse(profiles, testing::all_cells(profiles), seed, Communicator::one_rank());
}

TEST_CASE("planted effects are found, and others stay small") {
  const RelativeProfiles profiles = planted(300, 0.1, 71);
  const FittedMapping fitted = fit(profiles);
  std::int64_t found = 0;
  std::int64_t others = 0;
  double least_planted = 1e9;
  double largest_other = 0;
  for (std::int64_t regulator = 0; regulator < genes; ++regulator) {
    const SparseColumn column = fitted.mapping.column(regulator);
    for (std::size_t at = 0; at < column.genes.size(); ++at) {
      const std::int32_t gene = column.genes[at];
      const bool is_planted = gene >= 10 && gene % 5 == regulator;
      CHECK((!is_planted || column.effects[at] > 0));
      (is_planted ? found : others) += 1;
      if (is_planted)
        least_planted = std::min(least_planted, column.effects[at]);
      else
        largest_other = std::max(largest_other, std::abs(column.effects[at]));
    }
  }
  CHECK(found == 30);
  CHECK(largest_other < least_planted / 4);
  CHECK(others < 300);
  CHECK(fitted.record.effects == found + others);
  CHECK(fitted.record.cells == 300);
  CHECK(std::ssize(fitted.record.penalties) == genes);
}

TEST_CASE("a quick fit of some genes predicts new cells as the effects say") {
  const RelativeProfiles profiles = planted(400, 0.1, 71);
  std::vector<std::int64_t> known = testing::all_cells(profiles);
  known.resize(300);
  const std::vector<std::int64_t> cells{300, 301, 302, 303, 304, 305, 306, 307};
  const std::vector<std::int32_t> some{20, 13, 1};  // regulated by 0, by 3, and by none
  const auto outputs = quick_sparse_outputs(profiles, known, cells, some, 1, Communicator::one_rank());
  REQUIRE(outputs.size() == 24);
  const auto level = [&](std::size_t cell, std::size_t gene) {
    return static_cast<double>(outputs[3 * cell + gene]) / static_cast<double>(outputs[3 * cell + 2]);
  };
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    CHECK(level(cell, 0) == Approx(profiles.expresses(cells[cell], 0) ? 2.5 : 1).epsilon(0.25));
    CHECK(level(cell, 1) == Approx(profiles.expresses(cells[cell], 3) ? 2.5 : 1).epsilon(0.25));
  }
}

TEST_CASE("new cells are predicted about as well as cross-validation says") {
  const FittedMapping fitted = fit(planted(300, 0.1, 72));
  const RelativeProfiles fresh = planted(100, 0.1, 73);
  double distance = 0;
  for (std::int64_t cell = 0; cell < fresh.cells(); ++cell) {
    const std::vector<double> profile = fitted.mapping.profile({fresh.expressed(cell)});
    for (std::size_t at = 0; at < profile.size(); ++at)
      distance += std::abs(profile[at] - static_cast<double>(fresh.values(cell)[at])) / 2;
  }
  CHECK(distance / 100 == Approx(fitted.record.cross_validated_distance).epsilon(0.15));
  CHECK(distance / 100 < 0.06);
}

TEST_CASE(
    "where presence tells nothing there are no effects, and outputs are finite and above their floors") {
  // Levels are the same in every cell; two genes are in few cells, one in none.
  RandomStream random(74, "constant");
  std::vector<std::vector<float>> levels;
  for (int cell = 0; cell < 50; ++cell) {
    levels.emplace_back(8, 1.0F);
    levels.back()[5] = cell < 3 ? 2.0F : 0.0F;
    levels.back()[6] = cell == 7 ? 1.0F : 0.0F;
    levels.back()[7] = 0.0F;
  }
  const RelativeProfiles profiles = testing::matrix_of(levels).relative_profiles();
  const FittedMapping fitted = fit(profiles);
  for (const double effect : fitted.mapping.effects()) CHECK(std::abs(effect) < 0.5);
  const std::vector<std::int32_t> all{0, 1, 2, 3, 4, 5, 6, 7};
  double sum = 0;
  for (const double share : fitted.mapping.profile({all})) {
    CHECK((std::isfinite(share) && share > 0));
    sum += share;
  }
  CHECK(sum == Approx(1));
}

TEST_CASE("a state that cells share is taken for no effect of single genes") {
  // Two types of cells: one expresses genes 0 to 19 oftener and has more of them; no gene acts on another.
  RandomStream random(75, "types");
  std::vector<std::vector<float>> levels;
  for (int cell = 0; cell < 300; ++cell) {
    levels.emplace_back(genes, 0.0F);
    for (std::size_t gene = 0; gene < genes; ++gene) {
      const bool favoured = (gene < 20) == (cell % 2 == 0);
      if (random.uniform(0, 1) > (favoured ? 0.9 : 0.4)) continue;
      levels.back()[gene] = static_cast<float>((favoured ? 3 : 1) * std::exp(0.2 * random.normal()));
    }
  }
  const FittedMapping fitted = fit(testing::matrix_of(levels).relative_profiles());
  CHECK(fitted.record.factors >= 1);
  CHECK(fitted.record.effects < 3 * genes);
}

TEST_CASE("effects that cells left out do not support are not kept") {
  // Few cells for the genes, and no gene acts on another.
  RandomStream random(76, "noise");
  constexpr std::size_t many = 120;
  std::vector<std::vector<float>> levels;
  for (int cell = 0; cell < 60; ++cell) {
    levels.emplace_back(many, 0.0F);
    for (float& level : levels.back()) {
      if (random.uniform(0, 1) < 0.7) level = static_cast<float>(std::exp(0.5 * random.normal()));
    }
  }
  const FittedMapping fitted = fit(testing::matrix_of(levels).relative_profiles());
  double sum = 0;
  for (const double effect : fitted.mapping.effects()) sum += std::abs(effect);
  CHECK(sum < 0.3 * many);  // 0.6 without it
}

TEST_CASE("the number of factors does not depend on the seed") {
  // One state in common, so weak that other folds would choose other numbers.
  RandomStream random(77, "weak state");
  std::vector<std::vector<float>> levels;
  for (int cell = 0; cell < 150; ++cell) {
    levels.emplace_back(genes, 0.0F);
    const double state = random.normal();
    for (std::size_t gene = 0; gene < genes; ++gene) {
      const double sign = gene % 2 == 0 ? 1 : -1;
      if (random.uniform(0, 1) > 0.6 + 0.1 * sign * state) continue;
      levels.back()[gene] = static_cast<float>(std::exp(0.08 * sign * state + 0.4 * random.normal()));
    }
  }
  const RelativeProfiles profiles = testing::matrix_of(levels).relative_profiles();
  const std::int64_t factors = fit(profiles, 1).record.factors;
  for (std::uint64_t seed = 2; seed <= 6; ++seed) CHECK(fit(profiles, seed).record.factors == factors);
}

}  // namespace sparse_fit_test
