// Whatever finite parameters give, scores are those of the full network, and never NaN.
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "support/full_network.hpp"
#include "support/kernel_check.hpp"
#include "support/pair_scores.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Those of all pairs of n genes.
void check_all(DenseCellKernel& kernel, std::int32_t n, float impact, float network) {
  const testing::PairScores pairs(kernel, n);
  for (const float found : pairs.values.impact) CHECK(found == impact);
  for (const float found : pairs.values.network) CHECK(found == network);
}

}  // namespace

TEST_CASE("parameters of any size: scores agree with the full network") {
  // Up to products beyond the range of single precision, and down to such as are 0 in it.
  const double exponent = GENERATE(-44, -30, -22, -19, -15, 10, 15, 18, 19, 25, 37);
  const auto scale = static_cast<float>(std::pow(10.0, exponent));
  const auto matrix = testing::random_matrix(4, 16, 0.7, 91);
  CHECK(testing::worst_difference(testing::random_mapping({16, 9}, scale, 92), matrix) < 2e-5);
}

TEST_CASE("effects far beyond the outputs that they cancel in: scores agree with the full network") {
  const auto matrix = testing::random_matrix(4, 16, 0.9, 93);
  Mapping mapping = testing::random_mapping({16, 9}, 1, 94);
  const double exponent = GENERATE(5, 12, 20, 30, 37);
  // One gene's effects are huge: alone, or taken back by another's.
  for (std::size_t unit = 0; unit < 9; ++unit) {
    float& of_one = mapping.w1()[2 * 9 + unit];
    of_one = static_cast<float>(static_cast<double>(of_one) * std::pow(10.0, exponent));
    if (exponent > 20) mapping.w1()[5 * 9 + unit] = -of_one;
  }
  double largest = 0;
  const CollapsedMapping collapsed(mapping);
  DenseCellKernel kernel(collapsed);
  for (std::int64_t cell = 0; cell < 4; ++cell) {
    kernel.load(matrix.expressed(cell));
    const testing::PairScores pairs(kernel, static_cast<std::int32_t>(matrix.expressed_count(cell)));
    for (const auto* scores : {&pairs.values.impact, &pairs.values.network}) {
      for (const float score : *scores) REQUIRE((score >= 0 && score <= 1));
    }
    pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
      const KnockoutScores one = kernel.scores(std::vector<std::int32_t>{a, b});
      largest = std::max(largest, testing::largest_difference(one, testing::stored(pairs, at)));
    });
  }
  CHECK(largest < 2e-5);
}

TEST_CASE("where all outputs are zero, pairs have defined scores: of one member and of several") {
  for (const InstructionSet instructions : every_instruction_set) {
    if (!is_available(instructions)) continue;
    const std::vector<std::int32_t> genes{0, 1, 2, 3};
    const std::vector<CollapsedMapping> nothing(2, CollapsedMapping(Mapping(MappingShape{4, 2})));
    DenseCellKernel kernel(nothing.front(), instructions);
    kernel.load(genes);
    check_all(kernel, 4, 0, 0);
    EnsembleKernel members(nothing, instructions);
    members.load(genes);
    const testing::PairScores of_members(members, 4, with_deviations(both_scores));
    for (const Score score : {Score::impact, Score::network, Score::impact_sd, Score::network_sd}) {
      for (const float found : of_members.values[score]) CHECK(found == 0);
    }
    // All genes raise gene 0 by what its offset takes away: a knockout brings it to life.
    std::vector<double> a(16, 0.0);
    for (std::size_t gene = 0; gene < 4; ++gene) a[gene * 4] = gene == 1 ? 3 : 1;
    const CollapsedMapping woken(4, NodeArray(std::move(a)), NodeArray(std::vector<double>{-1.5, 0, 0, 0}));
    DenseCellKernel other(woken, instructions);
    other.load(genes);
    CHECK(other.scores(std::vector<std::int32_t>{1}).impact == 1);
    CHECK(other.scores(std::vector<std::int32_t>{1}).network == 1);
    const testing::PairScores pairs(other, 4);
    pairs.for_each([&](std::int32_t first, std::int32_t second, std::size_t at) {
      const double alone = other.scores(std::vector<std::int32_t>{first, second}).impact;
      CHECK(static_cast<double>(pairs.values.impact[at]) == alone);
      CHECK(alone == (first == 0 ? 0 : 1));
    });
  }
}

TEST_CASE("a sparse knockout that takes nearly all that was left has the scores of whole profiles") {
  constexpr std::int64_t n = 6;
  testing::PlainSparse plain = testing::random_sparse(n, 0, 0, 95);
  plain.offset.assign(n, 0.0);
  plain.offset[0] = 1;
  for (std::size_t gene = 0; gene < n; ++gene) plain.floor[gene] = 1e-20 * static_cast<double>(gene + 1);
  for (std::size_t gene = 1; gene < n; ++gene) plain.a[gene][0] = static_cast<double>(gene);
  const SparseMapping mapping = plain.mapping();
  SparseCellKernel kernel(mapping);
  const std::vector<std::int32_t> genes{0, 1, 2, 3, 4, 5};
  kernel.load(genes);
  const std::vector<double> before = plain.profile(genes, {});
  const auto check = [&](const KnockoutScores& found, const std::vector<std::int32_t>& removed) {
    const std::vector<double> after = plain.profile(genes, removed);
    CHECK(testing::largest_difference(found, {testing::full_distance(after, before),
                                              testing::rescaled_distance(after, before, removed)}) < 2e-5);
  };
  check(kernel.scores(std::vector<std::int32_t>{0}), {0});
  const testing::PairScores pairs(kernel, n);
  pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    check({static_cast<double>(pairs.values.impact[at]), static_cast<double>(pairs.values.network[at])},
          {a, b});
    check(kernel.scores(std::vector<std::int32_t>{a, b}), {a, b});
  });
}
