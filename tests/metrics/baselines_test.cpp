#include "dko/metrics/baselines.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "dko/metrics/ridge.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("mean shares count a gene where it is expressed, and are renormalised") {
  const auto profiles =
      testing::matrix_of({{0.5F, 0.5F, 0}, {0.9F, 0, 0.1F}, {1, 1, 1}, {0, 0, 1}}).relative_profiles();
  const std::vector<std::int64_t> known{0, 1};
  const std::vector<std::int64_t> cells{2, 3};
  const auto predicted = mean_share_profiles(profiles, known, cells);
  // mean shares 0.7, 0.5, 0.1
  CHECK(predicted[0] == Approx(0.7 / 1.3));
  CHECK(predicted[1] == Approx(0.5 / 1.3));
  CHECK(predicted[2] == Approx(0.1 / 1.3));
  CHECK(predicted[3] == 0);
  CHECK(predicted[5] == 1);
}

TEST_CASE("a cell of unknown genes has no baseline profile, and no NaN") {
  const auto profiles = testing::matrix_of({{1, 0}, {0, 1}}).relative_profiles();
  const std::vector<std::int64_t> known{0};
  const std::vector<std::int64_t> cells{1};
  CHECK(mean_share_profiles(profiles, known, cells) == std::vector<float>{0, 0});
}

TEST_CASE("dense profiles are the matrix's rows") {
  const auto profiles = testing::matrix_of({{0.5F, 0, 0.5F}, {0, 1, 0}}).relative_profiles();
  CHECK(dense_profiles(profiles, testing::all_cells(profiles)) == std::vector<float>{0.5F, 0, 0.5F, 0, 1, 0});
}

TEST_CASE("mean scaled shares weigh each share by the genes of its cell") {
  const auto profiles =
      testing::matrix_of({{0.5F, 0.5F, 0}, {0.2F, 0.3F, 0.5F}, {0.5F, 0.25F, 0.25F}}).relative_profiles();
  const std::vector<std::int64_t> known{0, 1};
  const std::vector<std::int64_t> cells{2};
  const auto predicted = mean_scaled_share_profiles(profiles, known, cells);
  // means of share × n: (1 + 0.6)/2, (1 + 0.9)/2, 1.5
  CHECK(predicted[0] == Approx(0.8 / 3.25));
  CHECK(predicted[1] == Approx(0.95 / 3.25));
  CHECK(predicted[2] == Approx(1.5 / 3.25));
}

namespace {

/// The primal ridge of one gene by plain Gaussian elimination: share × n on the presence of all genes.
double primal_ridge(const RelativeProfiles& profiles, std::int32_t gene, std::int64_t to, double lambda) {
  const auto n = static_cast<std::size_t>(profiles.genes());
  std::vector<std::vector<double>> rows;
  std::vector<double> y;
  const auto presence = [&](std::int64_t cell) {
    std::vector<double> z(n, 0.0);
    for (const std::int32_t of : profiles.expressed(cell)) z[static_cast<std::size_t>(of)] = 1;
    return z;
  };
  for (std::int64_t cell = 0; cell + 1 < profiles.cells(); ++cell) {  // the last is to be predicted
    const auto genes = profiles.expressed(cell);
    const auto found = std::find(genes.begin(), genes.end(), gene);
    if (found == genes.end()) continue;
    rows.push_back(presence(cell));
    const float share = profiles.values(cell)[static_cast<std::size_t>(found - genes.begin())];
    y.push_back(static_cast<double>(share) * static_cast<double>(genes.size()));
  }
  if (rows.empty()) return 0;
  // Unknowns: n slopes with penalty, and the intercept without.
  std::vector<std::vector<double>> a(n + 1, std::vector<double>(n + 2, 0.0));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows[row].push_back(1);
    for (std::size_t i = 0; i <= n; ++i) {
      for (std::size_t j = 0; j <= n; ++j) a[i][j] += rows[row][i] * rows[row][j];
      a[i][n + 1] += rows[row][i] * y[row];
    }
  }
  for (std::size_t i = 0; i < n; ++i) a[i][i] += lambda;
  for (std::size_t i = 0; i <= n; ++i) {
    for (std::size_t j = 0; j <= n; ++j) {
      if (j == i) continue;
      const double factor = a[j][i] / a[i][i];
      for (std::size_t k = i; k <= n + 1; ++k) a[j][k] -= factor * a[i][k];
    }
  }
  std::vector<double> z = presence(to);
  z.push_back(1);
  double prediction = 0;
  for (std::size_t i = 0; i <= n; ++i) prediction += a[i][n + 1] / a[i][i] * z[i];
  return std::max(0.0, prediction);
}

}  // namespace

TEST_CASE("the ridge of few genes, and in its dual form of many, is the plain one, renormalised") {
  const std::int64_t genes = GENERATE(8, 40);
  const auto profiles = testing::random_matrix(25, genes, 0.7, 61).relative_profiles();
  std::vector<std::int64_t> known = testing::all_cells(profiles);
  known.pop_back();
  const std::vector<std::int64_t> cells{24};
  const RidgePrediction ridge = ridge_profiles(profiles, known, cells, 1, Communicator::one_rank());
  CHECK(ridge.penalty >= 1);
  std::vector<double> expected(static_cast<std::size_t>(genes), 0.0);
  double total = 0;
  for (const std::int32_t gene : profiles.expressed(24)) {
    expected[static_cast<std::size_t>(gene)] = primal_ridge(profiles, gene, 24, ridge.penalty);
    total += expected[static_cast<std::size_t>(gene)];
  }
  for (std::size_t gene = 0; gene < expected.size(); ++gene)
    CHECK(static_cast<double>(ridge.profiles[gene]) == Approx(expected[gene] / total).margin(1e-6));
}

TEST_CASE("ridge outputs of some genes, with several penalties, are those of the plain regressions") {
  const std::int64_t genes = GENERATE(8, 40);
  const auto profiles = testing::random_matrix(25, genes, 0.7, 62).relative_profiles();
  std::vector<std::int64_t> known = testing::all_cells(profiles);
  known.pop_back();
  const std::vector<std::int64_t> cells{24};
  const std::vector<std::int32_t> some{5, 2};
  const std::vector<double> penalties{3, 50};
  const auto outputs = ridge_outputs(profiles, known, cells, some, penalties, Communicator::one_rank());
  REQUIRE(outputs.size() == 4);
  for (std::size_t at = 0; at < 4; ++at) {
    const double expected = primal_ridge(profiles, some[at % 2], 24, penalties[at / 2]);
    CHECK(static_cast<double>(outputs[at]) == Approx(std::max(0.0, expected)).margin(1e-6));
  }
}

TEST_CASE("a gene of one cell, and one of none, are predicted without NaN") {
  const auto profiles =
      testing::matrix_of({{1, 1, 0, 0}, {1, 2, 0, 0}, {1, 1, 1, 0}, {1, 1, 1, 1}}).relative_profiles();
  const std::vector<std::int64_t> known{0, 1, 2};
  const std::vector<std::int64_t> cells{3};
  const RidgePrediction ridge = ridge_profiles(profiles, known, cells, 1, Communicator::one_rank());
  float total = 0;
  for (const float share : ridge.profiles) total += share;
  CHECK(total == Approx(1));
  CHECK(ridge.profiles[3] == 0);
}
