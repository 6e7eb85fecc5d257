// Covariates in the fit of the sparse mapping.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
#include "support/plain_scale.hpp"
#include "support/testing.hpp"
#include "training/sparse/state_choice.hpp"

using namespace dko;

namespace sparse_covariates_test {

using Rows = std::vector<std::vector<double>>;

/// Weighted least squares by the normal equations, solved by elimination with plain loops.
std::vector<double> least_squares(const Rows& x, const std::vector<double>& y, const std::vector<double>& w) {
  const std::size_t k = x.front().size();
  Rows system(k, std::vector<double>(k + 1, 0.0));
  for (std::size_t row = 0; row < x.size(); ++row) {
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < k; ++j) system[i][j] += w[row] * x[row][i] * x[row][j];
      system[i][k] += w[row] * x[row][i] * y[row];
    }
  }
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t other = 0; other < k; ++other) {
      if (other == i) continue;
      const double factor = system[other][i] / system[i][i];
      for (std::size_t j = i; j <= k; ++j) system[other][j] -= factor * system[i][j];
    }
  }
  std::vector<double> solution;
  for (std::size_t i = 0; i < k; ++i) solution.push_back(system[i][k] / system[i][i]);
  return solution;
}

double value_of(const std::vector<double>& fit, const std::vector<double>& x) {
  double value = 0;
  for (std::size_t k = 0; k < x.size(); ++k) value += fit[k] * x[k];
  return value;
}

/// Brings a fit of y' back to y: by the weighted least squares of y on what fits without a cell's fold
/// predict.
void return_to_shares(std::vector<double>& fit, const Rows& x, const std::vector<double>& y,
                      const std::vector<double>& w) {
  const auto cells = static_cast<std::int64_t>(x.size());
  const auto all = numbers_below<std::int64_t>(x.size());
  const std::vector<std::int32_t> fold = deal_into_folds(cells, all, 5, RandomStream(1, "sparse folds"));
  const std::vector<double> scaled = testing::plainly_scaled(y);
  Rows predicted(x.size());
  for (std::int32_t out = 0; out < 5; ++out) {
    std::vector<double> others = w;
    for (std::size_t cell = 0; cell < x.size(); ++cell)
      if (fold[cell] == out) others[cell] = 0;
    const std::vector<double> without = least_squares(x, scaled, others);
    for (std::size_t cell = 0; cell < x.size(); ++cell)
      if (fold[cell] == out) predicted[cell] = {1, value_of(without, x[cell])};
  }
  const std::vector<double> line = least_squares(predicted, y, w);
  REQUIRE(line[1] > 0.5);
  REQUIRE(line[1] < 2);
  for (double& response : fit) response *= line[1];
  fit[0] += line[0];
}

/// The three rounds of the fit where every cell expresses every gene, so that there are covariates alone: y'
/// of y = p T with T first the number of genes, then Σ o of the round before; in the last with the weights of
/// Huber.
Rows fit_without_effects(const Rows& shares, const Rows& x) {
  const std::size_t cells = shares.size();
  const std::size_t genes = shares.front().size();
  std::vector<double> totals(cells, static_cast<double>(genes));
  Rows weights(genes, std::vector<double>(cells, 1.0));
  Rows fits;
  for (int round = 0; round < 3; ++round) {
    Rows outputs(cells, std::vector<double>(genes));
    fits.assign(genes, {});
    for (std::size_t gene = 0; gene < genes; ++gene) {
      std::vector<double> y(cells);
      double mean = 0;
      for (std::size_t cell = 0; cell < cells; ++cell) {
        y[cell] = shares[cell][gene] * totals[cell];
        mean += y[cell] / static_cast<double>(cells);
      }
      const std::vector<double> scaled = testing::plainly_scaled(y);
      fits[gene] = least_squares(x, scaled, weights[gene]);
      if (round == 2) return_to_shares(fits[gene], x, y, weights[gene]);
      std::vector<double> off(cells);
      for (std::size_t cell = 0; cell < cells; ++cell) {
        const double fitted = value_of(fits[gene], x[cell]);
        off[cell] = std::abs(scaled[cell] - fitted);
        outputs[cell][gene] = std::max(fitted, 0.05 * mean);
      }
      if (round != 1) continue;
      std::vector<double> sorted = off;
      std::sort(sorted.begin(), sorted.end());
      const double most = 2 * sorted[cells / 2];
      double sum = 0;
      for (double& value : off) sum += value = value > most ? most / value : 1;
      for (std::size_t cell = 0; cell < cells; ++cell)
        weights[gene][cell] = off[cell] * static_cast<double>(cells) / sum;
    }
    double mean = 0;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      totals[cell] = 0;
      for (const double output : outputs[cell]) totals[cell] += output;
      mean += totals[cell] / static_cast<double>(cells);
    }
    for (double& total : totals) total *= static_cast<double>(genes) / mean;
  }
  return fits;
}

constexpr std::size_t few_genes = 7;
constexpr std::size_t few_cells = 90;

/// Levels that depend on two categories and a quantity; 1, indicator, quantity of each cell in `x`.
std::vector<std::vector<float>> batched_levels(Rows& x) {
  RandomStream random(31, "batched levels");
  std::vector<std::vector<float>> levels;
  for (std::size_t cell = 0; cell < few_cells; ++cell) {
    x.push_back({1, cell % 3 == 0 ? 1.0 : 0.0, random.normal()});
    levels.emplace_back();
    for (std::size_t gene = 0; gene < few_genes; ++gene) {
      const double log_level = 0.3 * static_cast<double>(gene % 4) +
                               (gene % 2 == 0 ? 0.5 : -0.2) * x[cell][1] +
                               0.1 * static_cast<double>(gene) * x[cell][2] + 0.2 * random.normal();
      levels.back().push_back(static_cast<float>(std::exp(log_level)));
    }
  }
  return levels;
}

constexpr std::size_t genes = 30;

/// Genes 10 to 29 are raised by one of genes 0 to 4. In the second of two batches genes 5 to 9 are seen less
/// often, and levels of genes from 10 on are thrice as high for even genes.
ExpressionMatrix batched_network(std::size_t cells, std::uint64_t seed, std::vector<double>& indicator) {
  RandomStream random(seed, "batched network");
  std::vector<std::vector<float>> levels;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const bool second = random.uniform(0, 1) < 0.5;
    indicator.push_back(second ? 1 : 0);
    std::vector<bool> present(genes);
    for (std::size_t gene = 0; gene < genes; ++gene)
      present[gene] = random.uniform(0, 1) < (gene >= 5 && gene < 10 && second ? 0.2 : 0.75);
    levels.emplace_back(genes, 0.0F);
    for (std::size_t gene = 0; gene < genes; ++gene) {
      if (!present[gene]) continue;
      const double level =
          (1 + (gene >= 10 && present[gene % 5] ? 1.5 : 0)) * (second && gene >= 10 && gene % 2 == 0 ? 3 : 1);
      levels.back()[gene] = static_cast<float>(level * std::exp(0.1 * random.normal()));
    }
  }
  return testing::matrix_of(levels);
}

FittedMapping fit(const RelativeProfiles& profiles) {
  return fit_sparse(profiles, testing::all_cells(profiles), 1, Communicator::one_rank());
}

/// Σ |A_ij| of genes i from 10 on, over j in [first, last).
double effects_of(const SparseMapping& mapping, std::int64_t first, std::int64_t last) {
  double sum = 0;
  for (std::int64_t gene = first; gene < last; ++gene) {
    const SparseColumn column = mapping.column(gene);
    for (std::size_t at = 0; at < column.genes.size(); ++at)
      if (column.genes[at] >= 10) sum += std::abs(column.effects[at]);
  }
  return sum;
}

TEST_CASE("where presence tells nothing, responses to covariates are those of weighted least squares") {
  Rows x;
  const std::vector<std::vector<float>> levels = batched_levels(x);
  std::vector<double> values;
  Rows shares;
  for (std::size_t cell = 0; cell < few_cells; ++cell) {
    values.insert(values.end(), {x[cell][1], x[cell][2]});
    double sum = 0;
    for (const float level : levels[cell]) sum += static_cast<double>(level);
    shares.emplace_back();
    for (const float level : levels[cell]) shares.back().push_back(static_cast<double>(level) / sum);
  }
  const RelativeProfiles profiles = testing::matrix_of(levels)
                                        .with_covariates({{"batch", {"b", "a"}}, {"depth"}}, values)
                                        .relative_profiles();
  const FittedMapping fitted = fit(profiles);
  const Rows right = fit_without_effects(shares, x);
  REQUIRE(fitted.mapping.covariates() == 2);
  REQUIRE(fitted.mapping.effects_count() == 0);
  for (std::size_t gene = 0; gene < few_genes; ++gene) {
    CHECK(fitted.mapping.offset()[gene] == Approx(right[gene][0]).epsilon(1e-4));
    CHECK(fitted.mapping.covariate_responses()[2 * gene] == Approx(right[gene][1]).margin(2e-4));
    CHECK(fitted.mapping.covariate_responses()[2 * gene + 1] == Approx(right[gene][2]).margin(2e-4));
  }
}

TEST_CASE("what batches share is no effect of genes once they are a covariate, and true effects are kept") {
  std::vector<double> indicator;
  const ExpressionMatrix cells = batched_network(300, 32, indicator);
  const FittedMapping without = fit(cells.relative_profiles());
  const FittedMapping with =
      fit(cells.with_covariates({{"batch", {"a", "b"}}}, indicator).relative_profiles());
  CHECK(without.mapping.covariates() == 0);
  CHECK(effects_of(with.mapping, 0, 5) > 20);
  CHECK(effects_of(with.mapping, 5, 10) < 0.1 * effects_of(with.mapping, 0, 5));
  CHECK(with.record.cross_validated_distance < without.record.cross_validated_distance);
}

TEST_CASE("which category is the first, and the unit of a quantity, do not change what is predicted") {
  std::vector<double> indicator;
  const ExpressionMatrix cells = batched_network(200, 33, indicator);
  std::vector<double> turned;
  for (const double value : indicator) turned.push_back(1 - value);
  const Covariates kinds{{"batch", {"a", "b"}}};
  const RelativeProfiles one = cells.with_covariates(kinds, indicator).relative_profiles();
  const RelativeProfiles other = cells.with_covariates(kinds, turned).relative_profiles();
  const FittedMapping of_one = fit(one);
  const FittedMapping of_other = fit(other);
  double worst = 0;
  for (std::int64_t cell = 0; cell < cells.cells(); ++cell) {
    const auto p = of_one.mapping.profile(intact_cell(one, cell));
    const auto q = of_other.mapping.profile(intact_cell(other, cell));
    for (std::size_t at = 0; at < p.size(); ++at) worst = std::max(worst, std::abs(p[at] - q[at]));
  }
  CHECK(worst < 2e-3);
}

TEST_CASE("without covariates the mapping has no response to such") {
  std::vector<double> indicator;
  const ExpressionMatrix cells = batched_network(120, 34, indicator);
  const FittedMapping plain = fit(cells.relative_profiles());
  CHECK(plain.mapping.covariates() == 0);
  CHECK(plain.mapping.covariate_responses().empty());
}

}  // namespace sparse_covariates_test
