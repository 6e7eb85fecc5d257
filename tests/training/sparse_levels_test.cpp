#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <utility>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "dko/training/sparse/effect_weights.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"
#include "training/sparse/passed_effects.hpp"

using namespace dko;

namespace sparse_levels_test {

constexpr std::int64_t genes = 30;
constexpr std::size_t regulators = 10;

/// Whether the level of a gene follows that of another: 10 that of 0, and so on to 19.
bool follows(std::size_t gene, std::size_t regulator) {
  return gene == regulator + regulators && regulator < regulators;
}

/// All cells express all genes.
RelativeProfiles always_on(std::int64_t cells, std::uint64_t seed) {
  RandomStream random(seed, "levels");
  std::vector<std::vector<float>> levels;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    std::vector<float> of_cell(genes);
    for (std::size_t gene = 0; gene < genes; ++gene) {
      const bool is_regulated = gene >= regulators && follows(gene, gene - regulators);
      const double regulator = is_regulated ? static_cast<double>(of_cell[gene - regulators]) : 1;
      of_cell[gene] = static_cast<float>(regulator * std::exp(0.3 * random.normal()));
    }
    levels.push_back(of_cell);
  }
  return testing::matrix_of(levels).relative_profiles();
}

std::vector<std::int32_t> all_genes() {
  return numbers_below<std::int32_t>(genes);
}

FittedMapping fit(const RelativeProfiles& profiles, const std::vector<std::int32_t>& level_genes) {
  return fit_sparse(profiles, testing::all_cells(profiles), 1, Communicator::one_rank(), {}, {}, level_genes);
}

double effect(const SparseMapping& mapping, std::int64_t lost, std::int32_t gene) {
  const SparseColumn column = mapping.column(lost);
  for (std::size_t at = 0; at < column.genes.size(); ++at)
    if (column.genes[at] == gene) return column.effects[at];
  return 0;
}

TEST_CASE("levels show the effects of genes that all cells express, presence does not") {
  const RelativeProfiles profiles = always_on(300, 41);
  CHECK(fit(profiles, {}).mapping.effects_count() == 0);
  const FittedMapping fitted = fit(profiles, all_genes());
  REQUIRE(fitted.mapping.has_levels());
  double least = 1e9;
  double largest_other = 0;
  for (std::size_t gene = 0; gene < genes; ++gene) {
    for (std::size_t regulator = 0; regulator < genes; ++regulator) {
      const double found =
          effect(fitted.mapping, static_cast<std::int64_t>(regulator), static_cast<std::int32_t>(gene));
      if (found != 0) UNSCOPED_INFO(regulator << " " << gene << " " << found);
      if (follows(gene, regulator))
        least = std::min(least, found);
      else if (!follows(regulator, gene))  // a follower tells of what it follows
        largest_other = std::max(largest_other, std::abs(found));
    }
  }
  CHECK(least > 0.05);
  CHECK(largest_other < least / 2);
}

TEST_CASE("a gene enters by its level only if it was asked for and varies") {
  const RelativeProfiles profiles = always_on(60, 42);
  const GeneLevels some =
      find_levels(profiles, testing::all_cells(profiles), std::vector<std::int32_t>{4, 9});
  for (std::size_t gene = 0; gene < static_cast<std::size_t>(genes); ++gene)
    CHECK((some.scale[gene] > 0) == (gene == 4 || gene == 9));
  CHECK_FALSE(find_levels(profiles, testing::all_cells(profiles), {}).any());
  const auto constant =
      testing::matrix_of(std::vector<std::vector<float>>(20, {1, 2, 3})).relative_profiles();
  CHECK_FALSE(find_levels(constant, testing::all_cells(constant), std::vector<std::int32_t>{0, 1}).any());
}

TEST_CASE(
    "where most genes do not vary beside the cells' factors, scales and factors are those of the others") {
  RandomStream random(47, "constant beside");
  std::vector<std::vector<float>> cells;
  for (int cell = 0; cell < 80; ++cell) {  // genes 0 to 6 are always 1 before all is divided by the total
    std::vector<float> of_cell(7, 1.0F);
    for (int gene = 7; gene < 10; ++gene)
      of_cell.push_back(static_cast<float>(std::exp(0.4 * random.normal())));
    of_cell.push_back(static_cast<float>(20 * std::exp(0.5 * random.normal())));
    cells.push_back(of_cell);
  }
  const RelativeProfiles profiles = testing::matrix_of(cells).relative_profiles();
  const GeneLevels levels =
      find_levels(profiles, testing::all_cells(profiles), numbers_below<std::int32_t>(10));
  REQUIRE(levels.any());
  for (std::size_t gene = 0; gene < 7; ++gene) CHECK(levels.scale[gene] == 0);
  for (std::size_t gene = 7; gene < 10; ++gene) {
    double sum = 0;
    double squares = 0;
    for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
      const IntactCell intact = intact_cell(profiles, cell);
      const double f = level_factor(levels.scale, levels.mean, levels.certainty, intact);
      const double x =
          level_input(levels.scale[gene], levels.mean[gene], static_cast<double>(intact.shares[gene]) / f);
      sum += x / 80;
      squares += x * x / 80;
    }
    CHECK(squares - sum * sum == Approx(level_variance));
  }
}

TEST_CASE("levels vary over the cells of the fit as much as a presence can") {
  const RelativeProfiles profiles = always_on(200, 43);
  const GeneLevels levels = find_levels(profiles, testing::all_cells(profiles), all_genes());
  for (const std::size_t gene : {0U, 7U, 29U}) {
    double sum = 0;
    double squares = 0;
    double share = 0;
    for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
      const double p = static_cast<double>(profiles.values(cell)[gene]);
      const double f = level_factor(levels.scale, levels.mean, levels.certainty, intact_cell(profiles, cell));
      const double x = level_input(levels.scale[gene], levels.mean[gene], p / f);
      sum += x / 200;
      squares += x * x / 200;
      share += p / 200;
    }
    CHECK(squares - sum * sum == Approx(level_variance));
    CHECK(levels.mean[gene] == Approx(share));
  }
}

TEST_CASE("the factor of a cell is its median, as far as two halves of the genes agree on it") {
  RandomStream random(44, "factors");
  std::vector<std::vector<float>> cells;
  std::vector<double> totals;
  for (int cell = 0; cell < 400; ++cell) {
    // One gene that makes up half of a cell, more or less, shifts the shares of all others.
    const double large = 20 * std::exp(random.normal());
    std::vector<float> of_cell{static_cast<float>(large)};
    double total = large;
    for (int gene = 0; gene < 20; ++gene) {
      of_cell.push_back(static_cast<float>(std::exp(0.2 * random.normal())));
      total += static_cast<double>(of_cell.back());
    }
    cells.push_back(of_cell);
    totals.push_back(std::log(total));
  }
  const RelativeProfiles profiles = testing::matrix_of(cells).relative_profiles();
  const auto all = numbers_below<std::int32_t>(21);
  const GeneLevels levels = find_levels(profiles, testing::all_cells(profiles), all);
  CHECK(levels.certainty > 0.95);
  double worst = 0;
  for (std::size_t cell = 1; cell < cells.size(); ++cell) {
    const auto log_factor = [&](std::size_t at) {
      return std::log(level_factor(levels.scale, levels.mean, levels.certainty,
                                   intact_cell(profiles, static_cast<std::int64_t>(at))));
    };
    worst = std::max(worst, std::abs(log_factor(cell) + totals[cell] - log_factor(0) - totals[0]));
  }
  CHECK(worst < 0.5);  // totals differ by a factor of 8 and more

  // Genes that have nothing in common: what their median says of a cell is chance.
  for (std::vector<float>& cell : cells) cell[0] = 1e4F;
  const RelativeProfiles apart = testing::matrix_of(cells).relative_profiles();
  const auto others = std::span(all).subspan(1);  // and they are little of the cells
  CHECK(find_levels(apart, testing::all_cells(apart), others).certainty < 0.3);
  CHECK(find_levels(apart, testing::all_cells(apart), all).certainty == Approx(1));
}

TEST_CASE("what levels pass on is that of whole matrices") {
  testing::PlainSparse plain = testing::random_sparse(12, 1, 0.3, 45);
  plain.add_levels(46);
  plain.passed.clear();
  SparseMappingParts parts = plain.mapping().parts();
  pass_on(parts);
  const SparseMapping mapping(std::move(parts));
  constexpr std::size_t n = 12;
  std::vector<std::vector<double>> once(n, std::vector<double>(n, 0.0));
  const auto passed = [&](const std::vector<std::vector<double>>& from) {
    std::vector<std::vector<double>> to = once;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t m = 0; m < n; ++m)
        for (std::size_t j = 0; j < n; ++j)
          to[i][j] += plain.a[i][m] * plain.level_scale[m] / (2 * plain.floor[m] / 0.05) * from[m][j];
    return to;
  };
  const auto first = passed(plain.a);
  const auto second = passed(first);
  std::size_t kept = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const SparseColumn column = mapping.loss_column(static_cast<std::int64_t>(j));
    std::vector<double> found(n, 0.0);
    for (std::size_t at = 0; at < column.genes.size(); ++at)
      found[static_cast<std::size_t>(column.genes[at])] = column.effects[at];
    for (std::size_t i = 0; i < n; ++i) {
      const double sum = plain.a[i][j] + first[i][j] + second[i][j];
      const bool is_level = plain.level_scale[j] > 0;
      const double fall = std::abs(sum) * (is_level ? plain.level_scale[j] / 2 : 1);
      const bool is_left = i != j && fall >= 0.1 * plain.floor[i] / 0.05;
      CHECK(found[i] == Approx(is_left ? sum * (is_level ? 0.5 / std::log(2.0) : 1) : 0).margin(1e-14));
      if (is_left) ++kept;
    }
  }
  CHECK(kept > 10);
  CHECK(kept < n * (n - 1));
}

TEST_CASE("effects of levels are not told by decoys; without them only presence is left, at the same means") {
  const RelativeProfiles profiles = always_on(400, 47);
  const auto cells = testing::all_cells(profiles);
  const FittedMapping fitted = fit(profiles, all_genes());
  auto quality = find_q_values(profiles, cells, fitted.mapping, fitted.record.cross_validated_distance, 1,
                               Communicator::one_rank());
  REQUIRE(fitted.mapping.effects_count() > 0);
  for (const double q : quality.q_values.effects) CHECK(q == 1);
  const NetworkPrior none;
  const auto weights_up_to = [&](double most) {
    return effect_weights(fitted.mapping, quality.q_values.effects, most, {none});
  };
  for (const double weight : weights_up_to(1)) CHECK(weight == 1);
  const SparseMapping kept =
      weigh_effects(fitted.mapping, quality.q_values, quality.inputs, weights_up_to(0.1));
  CHECK(kept.effects_count() == 0);
  CHECK(kept.has_levels());
  for (const std::size_t gene : {3U, 12U}) {
    double before = 0;
    double after = 0;
    for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
      before += fitted.mapping.raw_outputs(intact_cell(profiles, cell))[gene] / 400;
      after += kept.raw_outputs(intact_cell(profiles, cell))[gene] / 400;
    }
    CHECK(after == Approx(before));
  }
}

}  // namespace sparse_levels_test
