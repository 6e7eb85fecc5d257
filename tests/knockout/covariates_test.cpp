#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "dko/base/random.hpp"
#include "dko/knockout/explanation.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/mapping/base_profile.hpp"
#include "support/full_network.hpp"
#include "support/pair_scores.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace covariates_test {

constexpr std::int64_t genes = 24;
constexpr std::int64_t numbers = 3;

/// Cells with three numbers each: two indicators and a quantity.
RelativeProfiles cells_with_covariates(std::int64_t cells, std::uint64_t seed) {
  RandomStream random(seed, "covariates");
  std::vector<double> values;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    const std::int64_t batch = cell % 3;
    values.insert(values.end(), {batch == 1 ? 1.0 : 0.0, batch == 2 ? 1.0 : 0.0, random.normal()});
  }
  return testing::random_matrix(cells, genes, 0.6, seed)
      .with_covariates({{"batch", {"a", "b", "c"}}, {"depth"}}, values)
      .relative_profiles();
}

/// Both scores from whole profiles, with the covariates of the intact cell in both.
std::vector<double> expected(const testing::PlainSparse& plain, const IntactCell& cell,
                             std::span<const std::int32_t> removed) {
  const std::vector<double> before = plain.profile(cell.expressed, {}, cell.covariates);
  const std::vector<double> after = plain.profile(cell.expressed, removed, cell.covariates);
  return {testing::full_distance(after, before), testing::rescaled_distance(after, before, removed)};
}

TEST_CASE(
    "knockouts leave a cell its covariates: scores of whole profiles, singles to triples and all pairs") {
  const RelativeProfiles profiles = cells_with_covariates(9, 81);
  const testing::PlainSparse plain = testing::random_sparse(genes, GENERATE(0, 2), 0.2, 82, numbers);
  const SparseMapping mapping = plain.mapping();
  SparseCellKernel kernel(mapping);
  double worst = 0;
  double worst_of_pairs = 0;
  double moved = 0;
  for (std::int64_t number = 0; number < profiles.cells(); ++number) {
    const IntactCell cell = intact_cell(profiles, number);
    REQUIRE(std::ssize(cell.covariates) == numbers);
    kernel.load(cell);
    const auto n = static_cast<std::int32_t>(cell.expressed.size());
    const testing::PairScores pairs(kernel, n);
    const auto compare = [&](const std::vector<std::int32_t>& positions) {
      std::vector<std::int32_t> removed;
      for (const std::int32_t at : positions) removed.push_back(cell.expressed[static_cast<std::size_t>(at)]);
      const KnockoutScores scores = kernel.scores(positions);
      const std::vector<double> right = expected(plain, cell, removed);
      worst = std::max({worst, std::abs(scores.impact - right[0]), std::abs(scores.network - right[1])});
      const std::vector<double> without = expected(plain, {cell.expressed}, removed);
      moved = std::max(moved, std::abs(scores.impact - without[0]));
    };
    for (std::int32_t a = 0; a < n; ++a) {
      compare({a});
      if (a + 2 < n) compare({a, a + 1, a + 2});
    }
    pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
      const std::vector<double> right =
          expected(plain, cell,
                   std::vector<std::int32_t>{cell.expressed[static_cast<std::size_t>(a)],
                                             cell.expressed[static_cast<std::size_t>(b)]});
      worst_of_pairs =
          std::max({worst_of_pairs, std::abs(static_cast<double>(pairs.values.impact[at]) - right[0]),
                    std::abs(static_cast<double>(pairs.values.network[at]) - right[1])});
    });
  }
  CHECK(worst < 1e-13);
  CHECK(worst_of_pairs < 1e-6);
  CHECK(moved > 0.01);  // they matter here
}

TEST_CASE("a mapping without covariates does not see those of a cell") {
  const RelativeProfiles profiles = cells_with_covariates(3, 83);
  const SparseMapping mapping = testing::random_sparse(genes, 1, 0.2, 84).mapping();
  SparseCellKernel with(mapping);
  SparseCellKernel without(mapping);
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    with.load(intact_cell(profiles, cell));
    without.load(profiles.expressed(cell));
    CHECK(with.intact_profile() == without.intact_profile());
    CHECK(mapping.profile(intact_cell(profiles, cell)) == mapping.profile({profiles.expressed(cell)}));
  }
}

TEST_CASE("ensembles and explanations keep the covariates of each cell") {
  const RelativeProfiles profiles = cells_with_covariates(7, 85);
  const std::vector<testing::PlainSparse> plain{testing::random_sparse(genes, 1, 0.2, 86, numbers),
                                                testing::random_sparse(genes, 2, 0.2, 87, numbers)};
  std::vector<CollapsedMapping> members;
  for (const testing::PlainSparse& member : plain) members.emplace_back(member.mapping());
  EnsembleKernel kernel(members);
  std::vector<std::int64_t> cells;
  std::vector<double> change(genes, 0.0);
  for (std::int64_t number = 0; number < profiles.cells(); ++number) {
    const IntactCell cell = intact_cell(profiles, number);
    if (!profiles.expresses(number, 4)) continue;
    cells.push_back(number);
    kernel.load(cell);
    const auto place = std::find(cell.expressed.begin(), cell.expressed.end(), 4) - cell.expressed.begin();
    const std::vector<std::int32_t> removed{4};
    double impact = 0;
    for (const testing::PlainSparse& member : plain) {
      impact += expected(member, cell, removed)[0] / 2;
      const auto before = member.profile(cell.expressed, {}, cell.covariates);
      const auto after = member.profile(cell.expressed, removed, cell.covariates);
      for (std::size_t gene = 0; gene < change.size(); ++gene)
        change[gene] += (after[gene] - before[gene]) / 2;
    }
    CHECK(kernel.scores(std::vector<std::int32_t>{static_cast<std::int32_t>(place)}).impact ==
          Approx(impact).epsilon(1e-12));
  }
  REQUIRE(cells.size() > 1);
  const auto explanation = explain_knockout(profiles, members, std::vector<std::int32_t>{4}, cells,
                                            Communicator::one_rank(), Base::fitted);
  for (const GeneChange& gene : explanation->genes) {
    if (gene.cells == 0) continue;
    CHECK(gene.change * static_cast<double>(cells.size()) ==
          Approx(change[static_cast<std::size_t>(gene.gene)]).margin(1e-12));
  }
}

}  // namespace covariates_test
