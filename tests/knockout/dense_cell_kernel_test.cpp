#include "dko/knockout/dense_cell_kernel.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "dko/base/random.hpp"
#include "dko/training/trainer.hpp"
#include "support/full_network.hpp"
#include "support/pair_scores.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Largest difference to the full network, of both scores, over all single and double knockouts of these
/// cells.
double worst_difference(const Mapping& mapping, const ExpressionMatrix& matrix) {
  const CollapsedMapping collapsed(mapping);
  DenseCellKernel kernel(collapsed);
  double worst = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto genes = matrix.expressed(cell);
    const auto n = static_cast<std::int32_t>(genes.size());
    kernel.load(genes);
    for (std::int32_t a = 0; a < n && n > 1; ++a) {
      const std::vector<std::int32_t> single{a};
      const std::vector<std::int32_t> gene{genes[static_cast<std::size_t>(a)]};
      const KnockoutScores scores = kernel.scores(single);
      REQUIRE((scores.impact >= 0 && scores.impact <= 1 && scores.network >= 0 && scores.network <= 1));
      worst = std::max(worst, std::abs(scores.impact - testing::full_impact(mapping, genes, gene)));
      worst = std::max(worst, std::abs(scores.network - testing::full_network_impact(mapping, genes, gene)));
    }
    if (n < 3) continue;
    const testing::PairScores pairs(kernel, n);
    REQUIRE(testing::PairScores(kernel, n, {{.impact = true}}).values.impact == pairs.values.impact);
    REQUIRE(testing::PairScores(kernel, n, {{.network = true}}).values.network == pairs.values.network);
    pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
      const std::vector<std::int32_t> pair{genes[static_cast<std::size_t>(a)],
                                           genes[static_cast<std::size_t>(b)]};
      const double impact = testing::full_impact(mapping, genes, pair);
      const double network = testing::full_network_impact(mapping, genes, pair);
      worst = std::max(worst, std::abs(static_cast<double>(pairs.values.impact[at]) - impact));
      worst = std::max(worst, std::abs(static_cast<double>(pairs.values.network[at]) - network));
      const KnockoutScores again = kernel.scores(std::vector<std::int32_t>{a, b});
      worst = std::max({worst, std::abs(again.impact - impact), std::abs(again.network - network)});
    });
  }
  return worst;
}

constexpr double agreed = 2e-5;       // what is promised
constexpr double to_rounding = 1e-7;  // what float scores of a double kernel give

}  // namespace

TEST_CASE("all single and double knockouts agree with the full network: as trained") {
  const auto profiles = testing::random_matrix(60, 24, 0.7, 2).relative_profiles();
  TrainingOptions options;
  options.steps = 400;
  options.batch = 10;
  const auto trained =
      train(profiles, split_cells(profiles, 0.2, 0, {}, 1), options, Communicator::one_rank());
  CHECK(worst_difference(trained.mapping, profiles) < to_rounding);
}

TEST_CASE("all single and double knockouts agree with the full network: outputs of mixed sign") {
  const std::int64_t hidden = GENERATE(1, 5, 33);
  const auto matrix = testing::random_matrix(15, 33, 0.6, 3);
  CHECK(worst_difference(testing::random_mapping({33, hidden}, 2, 4), matrix) < to_rounding);
}

TEST_CASE("all single and double knockouts agree with the full network: outputs near zero") {
  // Offsets that all but cancel what the genes add: o is a small difference of large numbers.
  const auto matrix = testing::random_matrix(15, 20, 0.6, 5);
  Mapping mapping = testing::random_mapping({20, 20}, 1, 6);
  const auto genes = matrix.expressed(0);
  const CollapsedMapping collapsed(mapping);
  std::span<float> b2 = mapping.parameters().last(20);
  for (std::size_t i = 0; i < 20; ++i) {
    double output = collapsed.offset()[i];
    for (const std::int32_t gene : genes)
      output += collapsed.column(gene)[i] / static_cast<double>(genes.size());
    b2[i] = static_cast<float>(static_cast<double>(b2[i]) - output);
  }
  // The intact cell's profile is rounding noise of float here: only the definition can be compared.
  CHECK(worst_difference(mapping, matrix) < agreed);
}

TEST_CASE("all single and double knockouts agree with the full network: all genes, and few") {
  CHECK(worst_difference(testing::random_mapping({17, 17}, 1, 7), testing::random_matrix(2, 17, 1.1, 1)) <
        to_rounding);
  CHECK(worst_difference(testing::random_mapping({4, 4}, 1, 8),
                         testing::matrix_of({{1, 1, 0, 0}, {0, 1, 1, 1}, {1, 0, 0, 0}})) < to_rounding);
}

TEST_CASE("a knockout that leaves one gene moves all shares to it") {
  const Mapping mapping = testing::random_mapping({5, 5}, 1, 9);
  const CollapsedMapping collapsed(mapping);
  DenseCellKernel kernel(collapsed);
  const std::vector<std::int32_t> genes{1, 4};
  kernel.load(genes);
  const double share = kernel.intact_profile()[1];
  const std::vector<std::int32_t> first{0};
  CHECK(kernel.scores(first).impact == Approx(1 - share).epsilon(1e-12));
  CHECK(kernel.scores(first).network == Approx(0).margin(1e-15));
  CHECK(kernel.profile_after(first) == std::vector<double>{0, 1});
}

TEST_CASE("knockouts of three and more genes agree with the full network") {
  const auto matrix = testing::random_matrix(3, 12, 0.9, 10);
  const Mapping mapping = testing::random_mapping({12, 12}, 1, 11);
  const CollapsedMapping collapsed(mapping);
  DenseCellKernel kernel(collapsed);
  const auto genes = matrix.expressed(0);
  REQUIRE(genes.size() > 6);
  kernel.load(genes);
  for (std::size_t order = 3; order < genes.size(); ++order) {
    std::vector<std::int32_t> positions;
    std::vector<std::int32_t> removed;
    for (std::size_t at = 0; at < order; ++at) {
      positions.push_back(static_cast<std::int32_t>(at));
      removed.push_back(genes[at]);
    }
    const KnockoutScores scores = kernel.scores(positions);
    CHECK(scores.impact == Approx(testing::full_impact(mapping, genes, removed)).margin(1e-12));
    CHECK(scores.network == Approx(testing::full_network_impact(mapping, genes, removed)).margin(1e-12));
  }
}

TEST_CASE("a score does not depend on what the kernel did before") {
  const auto matrix = testing::random_matrix(5, 30, 0.7, 12);
  const CollapsedMapping collapsed(testing::random_mapping({30, 30}, 1, 13));
  const std::vector<std::int32_t> pair{2, 9};
  DenseCellKernel fresh(collapsed);
  fresh.load(matrix.expressed(3));
  DenseCellKernel used(collapsed);
  for (std::int64_t cell = 0; cell < 5; ++cell) {
    used.load(matrix.expressed(cell));
    const std::vector<std::int32_t> other{0, 1, 2};
    used.scores(other);
  }
  used.load(matrix.expressed(3));
  CHECK(used.scores(pair).impact == fresh.scores(pair).impact);
  CHECK(used.scores(pair).network == fresh.scores(pair).network);
}

TEST_CASE("a mapping that gives nothing has defined impacts, never NaN") {
  const std::vector<std::int32_t> genes{0, 1, 2};
  const std::vector<std::int32_t> first{0};
  {
    const CollapsedMapping nothing{Mapping(MappingShape{3, 2})};
    DenseCellKernel kernel(nothing);
    kernel.load(genes);
    CHECK(kernel.scores(first).impact == 0);
    CHECK(kernel.scores(first).network == 0);
    CHECK(kernel.intact_profile() == std::vector<double>{0, 0, 0});
  }
  {
    // Only gene 0 raises anything, and only gene 1: with gene 0 gone all is zero.
    std::vector<double> a(9, 0.0);
    a[1] = 1;
    const CollapsedMapping one(3, NodeArray(std::move(a)), NodeArray(std::vector<double>(3, 0.0)));
    DenseCellKernel kernel(one);
    kernel.load(genes);
    CHECK(kernel.scores(first).impact == 1);
    CHECK(kernel.scores(first).network == 1);
  }
}

TEST_CASE("under pure renormalisation the impact is the gene's own share") {
  const CollapsedMapping constant(4, NodeArray(std::vector<double>(16, 0.0)),
                                  NodeArray(std::vector<double>{1, 2, 3, 4}));
  DenseCellKernel kernel(constant);
  const std::vector<std::int32_t> genes{0, 1, 2, 3};
  kernel.load(genes);
  const std::vector<std::int32_t> single{2};
  const std::vector<std::int32_t> pair{0, 3};
  CHECK(kernel.scores(single).impact == Approx(0.3));
  CHECK(kernel.scores(pair).impact == Approx(0.5));
}

TEST_CASE("pure renormalisation has no network impact and no interaction: random models") {
  const std::uint64_t seed = GENERATE(range(1, 21));
  const std::int64_t genes = 3 + static_cast<std::int64_t>(seed) * 2;
  const auto matrix = testing::random_matrix(6, genes, 0.7, seed);
  RandomStream stream(seed, "offsets");
  std::vector<double> offsets;
  // Of mixed sign, over six orders of magnitude, and now and then zero.
  for (std::int64_t gene = 0; gene < genes; ++gene) {
    const double size = std::pow(10.0, stream.uniform(-6, 0)) * (stream.uniform(0, 1) < 0.5 ? -1 : 1);
    offsets.push_back(stream.uniform(0, 1) < 0.05 ? 0.0 : size);
  }
  const CollapsedMapping constant(
      genes, NodeArray(std::vector<double>(static_cast<std::size_t>(genes * genes), 0.0)),
      NodeArray(std::move(offsets)));
  DenseCellKernel kernel(constant);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    kernel.load(matrix.expressed(cell));
    const auto n = static_cast<std::int32_t>(matrix.expressed_count(cell));
    const std::vector<double> shares = kernel.intact_profile();
    for (std::int32_t a = 0; a < n && n > 2; ++a) {
      const std::vector<std::int32_t> single{a};
      const KnockoutScores first = kernel.scores(single);
      CHECK(first.network == 0);
      CHECK(first.impact == Approx(shares[static_cast<std::size_t>(a)]).margin(1e-9));
      for (std::int32_t b = a + 1; b < n; ++b) {
        const std::vector<std::int32_t> second{b};
        const std::vector<std::int32_t> pair{a, b};
        const KnockoutScores both = kernel.scores(pair);
        CHECK(both.network == 0);
        // Where all of the profile is gone, or was never there, there is no sum of shares to speak of.
        if (!(shares[static_cast<std::size_t>(a)] + shares[static_cast<std::size_t>(b)] < 1)) continue;
        CHECK(both.impact - first.impact - kernel.scores(second).impact == Approx(0).margin(1e-9));
      }
    }
  }
}
