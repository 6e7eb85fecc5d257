#include "dko/mapping/base_profile.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "dko/base/random.hpp"
#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/mapping/model.hpp"
#include "support/full_network.hpp"
#include "support/kernel_check.hpp"
#include "support/pair_scores.hpp"
#include "support/plain_base.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

constexpr double no_counts = std::numeric_limits<double>::infinity();

/// A mapping, the cells it is used in, and what is known of them.
struct Example {
  CollapsedMapping mapping;
  std::function<std::vector<double>(std::span<const std::int32_t> expressed,
                                    std::span<const std::int32_t> removed)>
      fitted;
  ExpressionMatrix profiles;
  std::vector<double> variances;

  IntactCell cell(std::int64_t number, double total) const {
    return {profiles.expressed(number), profiles.values(number), total};
  }
  testing::PlainBase plain(std::int64_t number, double total, Base base) const {
    std::vector<double> observed(variances.size(), 0.0);
    const auto expressed = profiles.expressed(number);
    for (std::size_t at = 0; at < expressed.size(); ++at)
      observed[static_cast<std::size_t>(expressed[at])] = static_cast<double>(profiles.values(number)[at]);
    return {base, observed, total, variances,
            [this, expressed](std::span<const std::int32_t> removed) { return fitted(expressed, removed); }};
  }
};

std::vector<double> random_variances(std::int64_t genes) {
  RandomStream random(3, "variances");
  std::vector<double> variances;
  for (std::int64_t gene = 0; gene < genes; ++gene)
    variances.push_back(gene % 5 == 0 ? 0 : std::pow(10.0, random.uniform(-6, -3)));
  return variances;
}

Example example_of(CollapsedMapping mapping, std::int64_t cells, double density) {
  Example example{std::move(mapping), {}, {}, {}};
  const std::int64_t genes = example.mapping.genes();
  example.profiles = testing::random_matrix(cells, genes, density, 5).relative_profiles();
  example.variances = random_variances(genes);
  example.mapping.set_share_variances(NodeArray(example.variances));
  return example;
}

std::vector<std::int32_t> left_of(std::span<const std::int32_t> expressed,
                                  std::span<const std::int32_t> removed) {
  std::vector<std::int32_t> left;
  for (const std::int32_t gene : expressed) {
    if (std::find(removed.begin(), removed.end(), gene) == removed.end()) left.push_back(gene);
  }
  return left;
}

/// Outputs of both signs, some of which cross zero under a knockout.
Example dense_example() {
  const Mapping mapping = testing::random_mapping({21, 8}, 1.5F, 4);
  Example example = example_of(CollapsedMapping(mapping), 6, 0.7);
  example.fitted = [mapping](std::span<const std::int32_t> expressed, std::span<const std::int32_t> removed) {
    return testing::full_profile(mapping, left_of(expressed, removed));
  };
  return example;
}

Example sparse_example() {
  const testing::PlainSparse plain = testing::random_sparse(21, 2, 0.2, 11);
  Example example = example_of(CollapsedMapping(plain.mapping()), 6, 0.7);
  example.fitted = [plain](std::span<const std::int32_t> expressed, std::span<const std::int32_t> removed) {
    return plain.profile(expressed, removed);
  };
  return example;
}

Example example_of_kind(MappingKind kind) {
  return kind == MappingKind::dko ? dense_example() : sparse_example();
}

std::vector<std::int32_t> genes_at(std::span<const std::int32_t> expressed,
                                   const std::vector<std::int32_t>& positions) {
  std::vector<std::int32_t> genes;
  for (const std::int32_t position : positions)
    genes.push_back(expressed[static_cast<std::size_t>(position)]);
  return genes;
}

/// One, two and three genes of n.
std::vector<std::vector<std::int32_t>> knockouts(std::int32_t n) {
  std::vector<std::vector<std::int32_t>> all;
  for (std::int32_t a = 0; a < n; ++a) {
    all.push_back({a});
    for (std::int32_t b = a + 1; b < n; ++b) {
      all.push_back({a, b});
      if (b + 1 < n) all.push_back({a, b, b + 1});
    }
  }
  return all;
}

constexpr double agreed = 2e-5;       // of pairs in single precision
constexpr double to_rounding = 1e-9;  // of double precision

/// Every knockout in a cell, with its profiles, against the definition.
void check_cell(CellKernel& kernel, const testing::PlainBase& plain,
                std::span<const std::int32_t> expressed) {
  const auto n = static_cast<std::int32_t>(expressed.size());
  const auto check_profile = [&](const std::vector<double>& found, const std::vector<double>& expected) {
    for (std::size_t at = 0; at < expressed.size(); ++at)
      REQUIRE(found[at] == Approx(expected[static_cast<std::size_t>(expressed[at])]).margin(to_rounding));
  };
  check_profile(kernel.intact_profile(), plain.profile({}));
  for (const auto& positions : knockouts(n)) {
    const std::vector<std::int32_t> removed = genes_at(expressed, positions);
    REQUIRE(testing::largest_difference(kernel.scores(positions), plain.scores(removed)) < to_rounding);
    check_profile(kernel.profile_after(positions), plain.profile(removed));
  }
  const testing::PairScores pairs(kernel, n);
  pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    const KnockoutScores expected = plain.scores(genes_at(expressed, {a, b}));
    REQUIRE(testing::largest_difference(testing::stored(pairs, at), expected) < agreed);
  });
}

}  // namespace

TEST_CASE("every base, both mappings, all instructions: the kernels agree with the definition") {
  const auto kind = GENERATE(MappingKind::dko, MappingKind::sparse);
  const Base base = GENERATE(Base::fitted, Base::shrunk, Base::observed);
  const double total = GENERATE(30.0, 3000.0, no_counts);
  const Example example = example_of_kind(kind);
  for (const InstructionSet instructions : every_instruction_set) {
    if (!is_available(instructions)) continue;
    const auto kernel = make_cell_kernel(example.mapping, instructions, base);
    for (std::int64_t cell = 0; cell < example.profiles.cells(); ++cell) {
      kernel->load(example.cell(cell, total));
      check_cell(*kernel, example.plain(cell, total, base), example.profiles.expressed(cell));
    }
  }
}

TEST_CASE("the bases differ, and the fitted one asks for nothing but presence") {
  const Example example = example_of_kind(GENERATE(MappingKind::dko, MappingKind::sparse));
  const auto impact = [&](Base base, const IntactCell& cell) {
    const auto kernel = make_cell_kernel(example.mapping, best_instruction_set(), base);
    kernel->load(cell);
    return kernel->scores(std::vector<std::int32_t>{1}).impact;
  };
  const double fitted = impact(Base::fitted, example.cell(0, 1000));
  const double shrunk = impact(Base::shrunk, example.cell(0, 1000));
  const double observed = impact(Base::observed, example.cell(0, 1000));
  CHECK(std::abs(fitted - shrunk) > 1e-4);
  CHECK(std::abs(shrunk - observed) > 1e-4);
  CHECK(impact(Base::fitted, IntactCell{example.profiles.expressed(0)}) == fitted);
  // Without noise of counting nothing is shrunk.
  CHECK(impact(Base::shrunk, example.cell(0, no_counts)) == observed);
}

TEST_CASE("an output that is all but zero keeps its fitted share, and one of nothing keeps nothing") {
  // Outputs 1, 1e-9, 2, and what the loss of the first gene adds to the second.
  std::vector<double> a(9, 0.0);
  a[1] = -0.3;
  std::vector<double> c{1, 1e-9 + 0.1, 2};
  const CollapsedMapping mapping(3, NodeArray(a), NodeArray(c));
  const std::vector<std::int32_t> genes{0, 1, 2};
  const std::vector<float> shares{0.2F, 0.5F, 0.3F};
  DenseCellKernel kernel(mapping, best_instruction_set(), BaseProfile(Base::observed, {}));
  kernel.load(IntactCell{genes, shares});
  const std::vector<double> intact = kernel.intact_profile();
  CHECK(intact[1] < 1e-8);
  CHECK(intact[0] / intact[2] == Approx(0.2 / 0.3).epsilon(1e-6));
  // b'_1 ∝ |o_1(K)| / S beside b_2 |o_2(K)|/|o_2|
  const std::vector<double> after = kernel.profile_after(std::vector<std::int32_t>{0});
  CHECK(after[1] / after[2] == Approx((0.1 / 3) / 0.3).epsilon(1e-3));

  const CollapsedMapping nothing(3, NodeArray(std::vector<double>(9, 0.0)),
                                 NodeArray(std::vector<double>(3, 0.0)));
  DenseCellKernel of_nothing(nothing, best_instruction_set(), BaseProfile(Base::observed, {}));
  of_nothing.load(IntactCell{genes, shares});
  CHECK(of_nothing.intact_profile() == std::vector<double>(3, 0.0));
  CHECK(of_nothing.scores(std::vector<std::int32_t>{0}).impact == 0);
}

TEST_CASE("members of an ensemble have base profiles of their own") {
  std::vector<CollapsedMapping> members;
  std::vector<Example> examples;
  for (const MappingKind kind : {MappingKind::sparse, MappingKind::sparse}) {
    examples.push_back(example_of_kind(kind));
    if (examples.size() == 2) {
      for (double& variance : examples.back().variances) variance *= 9;
      examples.back().mapping.set_share_variances(NodeArray(examples.back().variances));
    }
    members.push_back(examples.back().mapping);
  }
  EnsembleKernel ensemble(members, best_instruction_set(), Base::shrunk);
  ensemble.load(examples[0].cell(0, 500));
  const std::vector<std::int32_t> removed{2};
  KnockoutScores scores = ensemble.scores(removed);
  const auto genes = genes_at(examples[0].profiles.expressed(0), removed);
  const KnockoutScores first = examples[0].plain(0, 500, Base::shrunk).scores(genes);
  const KnockoutScores second = examples[1].plain(0, 500, Base::shrunk).scores(genes);
  CHECK(scores.impact == Approx((first.impact + second.impact) / 2).epsilon(1e-9));
  CHECK(scores.impact_sd > 0);
}

TEST_CASE("names of bases") {
  for (const Base base : every_base) CHECK(base_named(name_of(base)) == base);
  CHECK(!base_named("fit"));
  CHECK(!base_named(""));
}
