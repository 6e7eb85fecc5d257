#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/mapping/base_profile.hpp"
#include "support/full_network.hpp"
#include "support/pair_scores.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace levels_test {

constexpr std::int64_t genes = 24;

/// Both scores from whole profiles.
std::vector<double> expected(const testing::PlainSparse& plain, const IntactCell& cell,
                             std::span<const std::int32_t> removed) {
  const std::vector<double> before = plain.profile(cell.expressed, {}, {}, cell.shares);
  const std::vector<double> after = plain.profile(cell.expressed, removed, {}, cell.shares);
  std::vector<double> rest = before;
  for (const std::int32_t gene : removed) rest[static_cast<std::size_t>(gene)] = 0;
  double kept = 0;
  for (const double share : rest) kept += share;
  for (double& share : rest) share /= kept;
  return {testing::full_distance(after, before), testing::full_distance(after, rest)};
}

std::vector<std::int32_t> genes_at(const IntactCell& cell, const std::vector<std::int32_t>& positions) {
  std::vector<std::int32_t> genes_of;
  for (const std::int32_t at : positions) genes_of.push_back(cell.expressed[static_cast<std::size_t>(at)]);
  return genes_of;
}

TEST_CASE(
    "a lost gene that enters by its level loses all of it: scores of whole profiles, singles to all pairs") {
  const RelativeProfiles profiles = testing::random_matrix(9, genes, 0.6, 91).relative_profiles();
  testing::PlainSparse plain = testing::random_sparse(genes, GENERATE(0, 2), 0.2, 92);
  plain.add_levels(93);
  const SparseMapping mapping = plain.mapping();
  REQUIRE(mapping.has_levels());
  SparseCellKernel kernel(mapping);
  double worst = 0;
  double worst_of_pairs = 0;
  for (std::int64_t number = 0; number < profiles.cells(); ++number) {
    const IntactCell cell = intact_cell(profiles, number);
    kernel.load(cell);
    const auto n = static_cast<std::int32_t>(cell.expressed.size());
    const testing::PairScores pairs(kernel, n);
    const auto compare = [&](const std::vector<std::int32_t>& positions) {
      const KnockoutScores scores = kernel.scores(positions);
      const std::vector<double> right = expected(plain, cell, genes_at(cell, positions));
      worst = std::max({worst, std::abs(scores.impact - right[0]), std::abs(scores.network - right[1])});
    };
    for (std::int32_t a = 0; a < n; ++a) {
      compare({a});
      if (a + 2 < n) compare({a, a + 1, a + 2});
    }
    pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
      const std::vector<double> right = expected(plain, cell, genes_at(cell, {a, b}));
      worst_of_pairs =
          std::max({worst_of_pairs, std::abs(static_cast<double>(pairs.values.impact[at]) - right[0]),
                    std::abs(static_cast<double>(pairs.values.network[at]) - right[1])});
    });
  }
  CHECK(worst < 1e-13);
  CHECK(worst_of_pairs < 1e-6);
}

TEST_CASE("two cells with the same genes at other levels have other scores") {
  testing::PlainSparse plain = testing::random_sparse(3, 0, 0, 94);
  plain.a[1][0] = 0.5;  // gene 0 raises gene 1
  plain.offset = {1, 1, 1};
  plain.level_scale = {2, 0, 0};
  plain.level_mean = {0.2, 1, 1};
  plain.level_certainty = 0;  // else the only level is all that there is to tell the total by
  const SparseMapping mapping = plain.mapping();
  SparseCellKernel kernel(mapping);
  const std::vector<std::int32_t> all{0, 1, 2};
  const auto network = [&](std::vector<float> shares) {
    kernel.load(IntactCell{all, shares});
    return kernel.scores(std::vector<std::int32_t>{0}).network;
  };
  CHECK(network({0.1F, 0.5F, 0.4F}) > 0);
  CHECK(network({0.4F, 0.3F, 0.3F}) > 1.5 * network({0.1F, 0.5F, 0.4F}));
}

TEST_CASE("an ensemble takes each member's levels") {
  const RelativeProfiles profiles = testing::random_matrix(5, genes, 0.6, 95).relative_profiles();
  testing::PlainSparse with = testing::random_sparse(genes, 1, 0.2, 96);
  with.add_levels(97);
  const testing::PlainSparse without = testing::random_sparse(genes, 1, 0.2, 98);
  const std::vector<CollapsedMapping> members{CollapsedMapping(with.mapping()),
                                              CollapsedMapping(without.mapping())};
  EnsembleKernel kernel(members);
  for (std::int64_t number = 0; number < profiles.cells(); ++number) {
    const IntactCell cell = intact_cell(profiles, number);
    kernel.load(cell);
    for (std::int32_t at = 0; at < std::ssize(cell.expressed); ++at) {
      const auto removed = genes_at(cell, {at});
      const double right = (expected(with, cell, removed)[0] + expected(without, cell, removed)[0]) / 2;
      CHECK(kernel.scores(std::vector<std::int32_t>{at}).impact == Approx(right).epsilon(1e-12));
    }
  }
}

}  // namespace levels_test
