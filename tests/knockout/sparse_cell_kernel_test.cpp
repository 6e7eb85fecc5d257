#include "dko/knockout/sparse_cell_kernel.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "support/full_network.hpp"
#include "support/pair_scores.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

struct Expected {
  double impact;
  double network;
};

/// Both scores from whole profiles.
Expected expected(const testing::PlainSparse& plain, std::span<const std::int32_t> genes,
                  std::span<const std::int32_t> removed) {
  const std::vector<double> before = plain.profile(genes, {});
  const std::vector<double> after = plain.profile(genes, removed);
  std::vector<double> rest = before;
  for (const std::int32_t gene : removed) rest[static_cast<std::size_t>(gene)] = 0;
  double kept = 0;
  for (const double share : rest) kept += share;
  for (double& share : rest) share /= kept;
  return {testing::full_distance(after, before), testing::full_distance(after, rest)};
}

/// Compares every knockout of one, two and three genes of every cell.
double worst_difference(const testing::PlainSparse& plain, const ExpressionMatrix& matrix) {
  const SparseMapping mapping = plain.mapping();
  SparseCellKernel kernel(mapping);
  double worst = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto genes = matrix.expressed(cell);
    const auto n = static_cast<std::int32_t>(genes.size());
    kernel.load(genes);
    const auto compare = [&](const std::vector<std::int32_t>& positions) {
      std::vector<std::int32_t> removed;
      for (const std::int32_t at : positions) removed.push_back(genes[static_cast<std::size_t>(at)]);
      const KnockoutScores scores = kernel.scores(positions);
      const Expected right = expected(plain, genes, removed);
      worst =
          std::max({worst, std::abs(scores.impact - right.impact), std::abs(scores.network - right.network)});
      const std::vector<double> profile = kernel.profile_after(positions);
      const std::vector<double> all = plain.profile(genes, removed);
      for (std::size_t at = 0; at < genes.size(); ++at)
        worst = std::max(worst, std::abs(profile[at] - all[static_cast<std::size_t>(genes[at])]));
    };
    for (std::int32_t a = 0; a < n; ++a) {
      compare({a});
      for (std::int32_t b = a + 1; b < n; ++b) {
        compare({a, b});
        if (b + 1 < n) compare({a, b, b + 1});
      }
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("the sparse kernel gives the scores of whole profiles to rounding") {
  const auto matrix = testing::random_matrix(12, 18, 0.6, 61);
  CHECK(worst_difference(testing::random_sparse(18, 0, 0.2, 62), matrix) < 1e-13);
  CHECK(worst_difference(testing::random_sparse(18, 3, 0.2, 63), matrix) < 1e-13);
  CHECK(worst_difference(testing::random_sparse(18, 2, 0.9, 64), matrix) < 1e-13);
}

TEST_CASE("without effects network impacts are 0, and impacts the lost shares") {
  const auto matrix = testing::random_matrix(5, 30, 0.7, 65);
  const testing::PlainSparse plain = testing::random_sparse(30, 2, 0, 66);
  const SparseMapping mapping = plain.mapping();
  SparseCellKernel kernel(mapping);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    kernel.load(matrix.expressed(cell));
    const std::vector<double> profile = kernel.intact_profile();
    for (std::int32_t at = 0; at + 1 < static_cast<std::int32_t>(profile.size()); ++at) {
      const KnockoutScores pair = kernel.scores(std::vector<std::int32_t>{at, at + 1});
      CHECK(pair.network == 0);
      CHECK(pair.impact ==
            Approx(profile[static_cast<std::size_t>(at)] + profile[static_cast<std::size_t>(at) + 1])
                .epsilon(1e-12));
    }
  }
}

TEST_CASE("all pairs at once have the scores of pair after pair, whatever was scored before") {
  const auto matrix = testing::random_matrix(2, 25, 0.8, 67);
  const SparseMapping mapping = testing::random_sparse(25, 1, 0.3, 68).mapping();
  SparseCellKernel used(mapping);
  used.load(matrix.expressed(0));
  used.scores(std::vector<std::int32_t>{0, 3, 4});
  used.load(matrix.expressed(1));
  const auto n = static_cast<std::int32_t>(matrix.expressed_count(1));
  const testing::PairScores impacts(used, n, {{.impact = true}});
  const testing::PairScores networks(used, n, {{.network = true}});
  SparseCellKernel fresh(mapping);
  fresh.load(matrix.expressed(1));
  impacts.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    const KnockoutScores scores = fresh.scores(std::vector<std::int32_t>{a, b});
    CHECK(static_cast<double>(impacts.values.impact[at]) == Approx(scores.impact).margin(1e-6));
    CHECK(static_cast<double>(networks.values.network[at]) == Approx(scores.network).margin(1e-6));
  });
}

TEST_CASE("the mapping alone predicts what the kernel does") {
  const auto matrix = testing::random_matrix(6, 20, 0.5, 69);
  const testing::PlainSparse plain = testing::random_sparse(20, 2, 0.2, 70);
  const CollapsedMapping mapping(plain.mapping());
  const auto kernel = make_cell_kernel(mapping);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto genes = matrix.expressed(cell);
    kernel->load(genes);
    const std::vector<double> by_kernel = kernel->intact_profile();
    const std::vector<double> by_mapping = mapping.sparse()->profile(genes);
    const std::vector<double> right = plain.profile(genes, {});
    for (std::size_t at = 0; at < genes.size(); ++at) {
      CHECK(by_kernel[at] == Approx(right[static_cast<std::size_t>(genes[at])]).epsilon(1e-13));
      CHECK(by_mapping[at] == Approx(right[static_cast<std::size_t>(genes[at])]).epsilon(1e-13));
    }
  }
}

TEST_CASE("where next to nothing is left, scores are finite and those of whole profiles") {
  testing::PlainSparse plain = testing::random_sparse(12, 0, 0, 71);
  plain.offset.assign(12, 1.0);
  plain.offset[4] = plain.floor[4] = 1e-20;
  const SparseMapping mapping = plain.mapping();
  SparseCellKernel kernel(mapping);
  const std::vector<std::int32_t> genes{0, 1, 2, 3, 4};
  kernel.load(genes);
  const std::vector<std::int32_t> removed{0, 1, 2, 3};
  const KnockoutScores scores = kernel.scores(removed);
  const Expected right = expected(plain, genes, removed);
  CHECK(scores.impact == Approx(right.impact).epsilon(1e-12));
  CHECK(scores.network == Approx(right.network).margin(1e-12));
}
