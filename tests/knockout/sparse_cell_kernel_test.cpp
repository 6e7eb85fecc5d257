#include "dko/knockout/kernels/sparse_cell_kernel.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "support/full_network.hpp"
#include "support/pair_scores.hpp"
#include "support/plain_direction.hpp"
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
  return {testing::full_distance(after, before), testing::rescaled_distance(after, before, removed)};
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

TEST_CASE("all pairs at once have the scores of whole profiles") {
  // From no effects to columns that touch nearly all genes, more than are counted without bisection.
  const double density = GENERATE(0.0, 0.02, 0.1, 0.5, 0.95);
  constexpr std::int32_t n = 90;
  testing::PlainSparse plain = testing::random_sparse(n, GENERATE(0, 2), density, 71);
  // What a gene does to itself does not matter; an output may be next to all there is, or next to nothing.
  for (std::size_t gene = 0; gene < n; gene += 7) plain.a[gene][gene] = 0.5;
  const double output = GENERATE(1.0, 1e2, 1e4, 1e7);
  plain.offset[3] = output;
  plain.floor[3] = output / 10;
  plain.offset[60] = plain.floor[60] = 1e-6;
  const SparseMapping mapping = plain.mapping();
  const auto matrix = testing::random_matrix(1, n, 1.1, 72);
  const auto genes = matrix.expressed(0);
  SparseCellKernel kernel(mapping);
  kernel.load(genes);
  const testing::PairScores pairs(kernel, n);
  double worst = 0;
  pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    const auto impact = static_cast<double>(pairs.values.impact[at]);
    const auto network = static_cast<double>(pairs.values.network[at]);
    REQUIRE((impact >= 0 && impact <= 1 && network >= 0 && network <= 1));
    const std::vector<std::int32_t> removed{a, b};
    const KnockoutScores one = kernel.scores(removed);
    worst = std::max({worst, std::abs(impact - one.impact), std::abs(network - one.network)});
    if (at % 13 != 0) return;
    const Expected right = expected(plain, genes, removed);
    worst = std::max({worst, std::abs(impact - right.impact), std::abs(network - right.network)});
  });
  CHECK(worst < 2e-5);
  if (output == 1.0) CHECK(worst < 1e-6);
}

TEST_CASE("a pair whose effects are all on each other has no network impact, not even of rounding") {
  constexpr std::int32_t n = 30;
  testing::PlainSparse plain = testing::random_sparse(n, 0, 0, 75);
  for (std::size_t gene = 0; gene + 1 < n; gene += 2) plain.a[gene][gene + 1] = 0.3;
  const SparseMapping mapping = plain.mapping();
  const auto matrix = testing::random_matrix(1, n, 1.1, 76);
  SparseCellKernel kernel(mapping);
  kernel.load(matrix.expressed(0));
  const testing::PairScores pairs(kernel, n);
  pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    const bool among_themselves = a % 2 == 0 && b == a + 1;
    const double network = kernel.scores(std::vector<std::int32_t>{a, b}).network;
    CHECK((pairs.values.network[at] == 0) == (network == 0));
    if (among_themselves) CHECK(pairs.values.network[at] == 0);
  });
}

TEST_CASE("a pair has the same bits in whatever range and selection it is scored: sparse") {
  constexpr std::int32_t n = 150;
  const double density = GENERATE(0.02, 0.2, 0.97);
  const InstructionSet set = GENERATE(from_range(every_instruction_set));
  if (!is_available(set)) return;
  const SparseMapping mapping = testing::random_sparse(n, 1, density, 73).mapping();
  const auto matrix = testing::random_matrix(1, n, 1.1, 74);
  SparseCellKernel kernel(mapping, {}, nullptr, set);
  kernel.load(matrix.expressed(0));
  const testing::PairScores all(kernel, n);
  std::vector<std::int32_t> some;
  for (std::int32_t gene = 1; gene < n; gene += 3) some.push_back(gene);
  const auto m = std::ssize(some);
  const std::int64_t count = PairIndex::row_start(m, m - 1);
  for (std::int64_t first = 0; first < count; first += 17) {
    const EventRange part{first, std::min(count, first + 17)};
    std::vector<float> impacts(static_cast<std::size_t>(part.size()));
    std::vector<float> networks(impacts.size());
    kernel.pair_scores(some, part, {impacts, networks});
    for (std::int64_t pair = part.first; pair < part.last; ++pair) {
      const TargetPair of_some = PairIndex::pair_of(m, pair);
      const std::int32_t a = some[static_cast<std::size_t>(of_some.first)];
      const std::int32_t b = some[static_cast<std::size_t>(of_some.second)];
      const auto place = static_cast<std::size_t>(PairIndex::row_start(n, a) + b - a - 1);
      REQUIRE(impacts[static_cast<std::size_t>(pair - first)] == all.values.impact[place]);
      REQUIRE(networks[static_cast<std::size_t>(pair - first)] == all.values.network[place]);
    }
  }
}

TEST_CASE("pairs have the same bits with every instruction set, and the scores of pair after pair: sparse") {
  // Overlaps listed, by whole rows, and columns that are too long to be counted; ends of vectors in any
  // place.
  const double density = GENERATE(0.02, 0.2, 0.97);
  const std::int32_t n = GENERATE(33, 150);
  const SparseMapping mapping = testing::random_sparse(n, 1, density, 81).mapping();
  const auto matrix = testing::random_matrix(1, n, 1.1, 82);
  const testing::PlainDirection way = testing::random_direction(n, 83);
  const Direction direction(way.from, way.toward);
  const bool is_directed = GENERATE(false, true);
  const ScoreSet wanted{{.impact = true, .network = true, .shift = is_directed}};
  const auto pairs_with = [&](InstructionSet instructions) {
    SparseCellKernel kernel(mapping, {}, nullptr, instructions);
    if (is_directed) kernel.set_direction(&direction);
    kernel.load(matrix.expressed(0));
    testing::PairScores pairs(kernel, n, wanted);
    pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
      if (at % 7 != 0) return;
      const KnockoutScores scores = kernel.scores(std::vector<std::int32_t>{a, b});
      for (const Score score : {Score::impact, Score::network, Score::shift}) {
        if (wanted.has(score))
          REQUIRE(static_cast<double>(pairs.values[score][at]) == Approx(scores[score]).margin(1e-6));
      }
    });
    return pairs;
  };
  const testing::PairScores portable = pairs_with(InstructionSet::portable);
  for (const InstructionSet instructions : every_instruction_set) {
    if (!is_available(instructions)) continue;
    const testing::PairScores pairs = pairs_with(instructions);
    for (const Score score : {Score::impact, Score::network, Score::shift})
      CHECK(pairs.values[score] == portable.values[score]);
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
    const std::vector<double> by_mapping = mapping.sparse()->profile({genes});
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
