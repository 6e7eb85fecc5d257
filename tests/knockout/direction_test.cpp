#include "dko/knockout/score/direction.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"
#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "support/full_network.hpp"
#include "support/pair_scores.hpp"
#include "support/plain_base.hpp"
#include "support/plain_direction.hpp"
#include "support/plain_sparse.hpp"
#include "support/screens.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace direction_test {

constexpr double agreed = 2e-5;       // of pairs in single precision, in parts of the largest weight
constexpr double to_rounding = 1e-9;  // of double precision
constexpr ScoreSet shift_alone{{.shift = true}};

/// A mapping, the cells it is used in, and the definition of what it predicts.
struct Example {
  CollapsedMapping mapping;
  std::function<std::vector<double>(std::span<const std::int32_t> expressed,
                                    std::span<const std::int32_t> removed)>
      fitted;
  RelativeProfiles profiles;
  std::vector<double> variances;

  IntactCell cell(std::int64_t number) const {
    return {profiles.expressed(number), profiles.values(number), 300};
  }
  testing::PlainBase plain(std::int64_t number, Base base) const {
    std::vector<double> observed(variances.size(), 0.0);
    const auto expressed = profiles.expressed(number);
    for (std::size_t at = 0; at < expressed.size(); ++at)
      observed[static_cast<std::size_t>(expressed[at])] = static_cast<double>(profiles.values(number)[at]);
    return {base, observed, 300, variances,
            [this, expressed](std::span<const std::int32_t> removed) { return fitted(expressed, removed); }};
  }
};

std::vector<std::int32_t> left_of(std::span<const std::int32_t> expressed,
                                  std::span<const std::int32_t> removed) {
  std::vector<std::int32_t> left;
  for (const std::int32_t gene : expressed)
    if (std::find(removed.begin(), removed.end(), gene) == removed.end()) left.push_back(gene);
  return left;
}

Example example_of(CollapsedMapping mapping, double density) {
  Example example{std::move(mapping), {}, {}, {}};
  const std::int64_t genes = example.mapping.genes();
  example.profiles = testing::random_matrix(5, genes, density, 5).relative_profiles();
  for (std::int64_t gene = 0; gene < genes; ++gene)
    example.variances.push_back(gene % 5 == 0 ? 0 : 1e-4 / static_cast<double>(gene));
  example.mapping.set_share_variances(NodeArray(example.variances));
  return example;
}

/// Outputs of both signs, some of which cross zero under a knockout, with a larger `scale` more.
Example dense_example(float scale = 1.5F) {
  const Mapping mapping = testing::random_mapping({37, 8}, scale, 4);
  Example example = example_of(CollapsedMapping(mapping), 0.7);
  example.fitted = [mapping](std::span<const std::int32_t> expressed, std::span<const std::int32_t> removed) {
    return testing::full_profile(mapping, left_of(expressed, removed));
  };
  return example;
}

Example sparse_example() {
  const testing::PlainSparse plain = testing::random_sparse(37, 2, 0.2, 11);
  Example example = example_of(CollapsedMapping(plain.mapping()), 0.7);
  example.fitted = [plain](std::span<const std::int32_t> expressed, std::span<const std::int32_t> removed) {
    return plain.profile(expressed, removed);
  };
  return example;
}

std::vector<std::int32_t> genes_at(std::span<const std::int32_t> expressed,
                                   const std::vector<std::int32_t>& positions) {
  std::vector<std::int32_t> genes;
  for (const std::int32_t at : positions) genes.push_back(expressed[static_cast<std::size_t>(at)]);
  return genes;
}

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

struct Directed {
  double shift;
  double approach;
};

/// By the definition, from the profiles before and after.
Directed expected(const testing::PlainBase& plain, const testing::PlainDirection& direction,
                  const std::vector<std::int32_t>& removed) {
  const std::vector<double> before = plain.profile({});
  const std::vector<double> after = plain.profile(removed);
  return {direction.shift(before, after, removed), direction.approach(before, after, removed)};
}

/// Every knockout of one, two and three genes of a loaded cell.
void check_cell(CellKernel& kernel, const testing::PlainBase& plain, const testing::PlainDirection& direction,
                double weight, std::span<const std::int32_t> expressed) {
  const auto n = static_cast<std::int32_t>(expressed.size());
  const auto check = [&](const std::vector<std::int32_t>& positions) {
    const Directed wanted = expected(plain, direction, genes_at(expressed, positions));
    const KnockoutScores found = kernel.scores(positions);
    REQUIRE(found.shift == Approx(wanted.shift).margin(to_rounding));
    REQUIRE(found.approach == Approx(wanted.approach).margin(to_rounding));
  };
  for (std::int32_t a = 0; a < n; ++a) {
    check({a});
    if (a + 3 < n) check({a, a + 1, a + 3});
  }
  const testing::PairScores pairs(kernel, n, shift_alone);
  pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    const Directed wanted = expected(plain, direction, genes_at(expressed, {a, b}));
    check({a, b});
    REQUIRE(static_cast<double>(pairs.values.shift[at]) == Approx(wanted.shift).margin(agreed * weight));
  });
}

void check_example(const Example& example, Base base, InstructionSet instructions) {
  const testing::PlainDirection plain = testing::random_direction(example.mapping.genes(), 17);
  const Direction direction(plain.from, plain.toward);
  const auto kernel = make_cell_kernel(example.mapping, instructions, base);
  kernel->set_direction(&direction);
  for (std::int64_t cell = 0; cell < example.profiles.cells(); ++cell) {
    kernel->load(example.cell(cell));
    check_cell(*kernel, example.plain(cell, base), plain, std::max(1.0, largest(direction.weight)),
               example.profiles.expressed(cell));
  }
}

TEST_CASE("shift and approach of both mappings, every base, all instructions, are those of the definition") {
  const Base base = GENERATE(Base::fitted, Base::shrunk, Base::observed);
  for (const InstructionSet instructions : every_instruction_set) {
    if (!is_available(instructions)) continue;
    check_example(dense_example(), base, instructions);
    check_example(sparse_example(), base, instructions);
  }
}

TEST_CASE("rows that cross zero: few, and nearly all") {
  const Example example = dense_example(GENERATE(0.2F, 4.0F));
  check_example(example, Base::fitted, best_instruction_set());
  DenseCellKernel kernel(example.mapping);
  kernel.load(example.cell(0));
  const testing::PairScores pairs(kernel, static_cast<std::int32_t>(example.profiles.expressed(0).size()));
  CHECK(kernel.crossing_rows() > 0);
}

TEST_CASE("effects so large that single precision cannot do, and outputs far apart") {
  RandomStream random(23, "effects");
  const std::int64_t genes = 40;
  const double effect = GENERATE(1e-4, 0.3, 1e3);
  std::vector<double> c;
  for (std::int64_t gene = 0; gene < genes; ++gene) c.push_back(std::pow(10.0, random.uniform(-3, 0)));
  c[20] = GENERATE(1.0, 1e5);
  std::vector<double> a;
  for (std::int64_t gene = 0; gene < genes; ++gene)
    for (std::size_t row = 0; row < static_cast<std::size_t>(genes); ++row)
      a.push_back(c[row] * effect * random.uniform(-1, 1) * static_cast<double>(genes));
  const CollapsedMapping mapping(genes, NodeArray(a), NodeArray(c));
  const testing::PlainDirection plain = testing::random_direction(genes, 5);
  const Direction direction(plain.from, plain.toward);
  DenseCellKernel kernel(mapping);
  kernel.set_direction(&direction);
  const auto expressed = numbers_below<std::int32_t>(genes);
  kernel.load(expressed);
  const testing::PairScores pairs(kernel, static_cast<std::int32_t>(genes), shift_alone);
  pairs.for_each([&](std::int32_t first, std::int32_t second, std::size_t at) {
    const double one = kernel.scores(std::vector<std::int32_t>{first, second}).shift;
    REQUIRE(static_cast<double>(pairs.values.shift[at]) ==
            Approx(one).margin(agreed * largest(direction.weight)));
  });
}

TEST_CASE("nothing but rescaling is no shift, and no outputs are none either") {
  const std::vector<double> none(25, 0.0);
  const std::vector<double> c{1, 2, 3, 4, GENERATE(5.0, 0.0)};
  const testing::PlainDirection plain = testing::random_direction(5, 3);
  const Direction direction(plain.from, plain.toward);
  const std::vector<std::int32_t> expressed{0, 1, 2, 3, 4};
  for (const bool has_outputs : {true, false}) {
    const CollapsedMapping mapping(5, NodeArray(none),
                                   NodeArray(has_outputs ? c : std::vector<double>(5, 0.0)));
    DenseCellKernel kernel(mapping);
    kernel.set_direction(&direction);
    kernel.load(expressed);
    for (std::int32_t at = 0; at < 5; ++at) {
      const KnockoutScores scores = kernel.scores(std::vector<std::int32_t>{at});
      CHECK(scores.shift == 0);
      CHECK(scores.approach == 0);
    }
    const testing::PairScores pairs(kernel, 5, shift_alone);
    for (const float shift : pairs.values.shift) CHECK(shift == 0);
  }
}

TEST_CASE("the other scores of pairs do not depend on whether there is a direction, to the bit") {
  const Example example = GENERATE(true, false) ? dense_example() : sparse_example();
  const testing::PlainDirection plain = testing::random_direction(example.mapping.genes(), 3);
  const Direction direction(plain.from, plain.toward);
  const auto with = make_cell_kernel(example.mapping);
  const auto without = make_cell_kernel(example.mapping);
  with->set_direction(&direction);
  const auto n = static_cast<std::int32_t>(example.profiles.expressed(0).size());
  for (const auto& kernel : {with.get(), without.get()}) kernel->load(example.cell(0));
  ScoreSet all = both_scores;
  all.shift = true;
  const testing::PairScores found(*with, n, all);
  const testing::PairScores others(*without, n);
  CHECK(found.values.impact == others.values.impact);
  CHECK(found.values.network == others.values.network);
  CHECK(testing::PairScores(*with, n, shift_alone).values.shift == found.values.shift);
  for (const float shift : testing::PairScores(*without, n, shift_alone).values.shift) REQUIRE(shift == 0);
  for (std::int32_t at = 0; at < n; ++at) {
    const std::vector<std::int32_t> removed{at};
    CHECK(with->scores(removed).impact == without->scores(removed).impact);
    CHECK(without->scores(removed).shift == 0);
  }
}

TEST_CASE("an ensemble has means and standard deviations of shift") {
  const auto members = testing::random_members(3, {21, 6}, 62);
  const auto mappings = testing::collapsed(members);
  const testing::PlainDirection plain = testing::random_direction(21, 3);
  const Direction direction(plain.from, plain.toward);
  const auto matrix = testing::random_matrix(1, 21, 0.8, 61);
  const auto genes = matrix.expressed(0);
  EnsembleKernel kernel(mappings);
  kernel.set_direction(&direction);
  kernel.load(genes);
  const testing::PairScores pairs(kernel, static_cast<std::int32_t>(genes.size()),
                                  with_deviations(shift_alone));
  pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    const std::vector<std::int32_t> removed = genes_at(genes, {a, b});
    std::vector<double> shifts;
    for (const Mapping& member : members) {
      const std::vector<double> before = testing::full_profile(member, genes);
      const std::vector<double> after = testing::full_profile(member, left_of(genes, removed));
      shifts.push_back(plain.shift(before, after, removed));
    }
    const double mean = (shifts[0] + shifts[1] + shifts[2]) / 3;
    double squares = 0;
    for (const double shift : shifts) squares += (shift - mean) * (shift - mean);
    const double margin = agreed * largest(direction.weight);
    REQUIRE(static_cast<double>(pairs.values.shift[at]) == Approx(mean).margin(margin));
    REQUIRE(static_cast<double>(pairs.values.shift_sd[at]) == Approx(std::sqrt(squares / 2)).margin(margin));
    const KnockoutScores scores = kernel.scores(std::vector<std::int32_t>{a, b});
    REQUIRE(scores.shift == Approx(mean).margin(to_rounding));
    REQUIRE(scores.shift_sd == Approx(std::sqrt(squares / 2)).margin(to_rounding));
  });
}

TEST_CASE(
    "the direction is the difference of mean base profiles, and a screen along it has the kernel's scores") {
  const Example example = sparse_example();
  const Base base = GENERATE(Base::fitted, Base::shrunk, Base::observed);
  FromTo from_to{"a", "b", {0, 3}, {1, 2, 4}, {}};
  const std::vector<CollapsedMapping> members{example.mapping};
  const Direction direction =
      find_direction(from_to, example.profiles, members, base, Communicator::one_rank());
  std::vector<double> from(direction.from.size(), 0.0);
  std::vector<double> toward = from;
  for (std::int64_t cell = 0; cell < 5; ++cell) {
    testing::PlainBase plain = example.plain(cell, base);
    plain.total = example.profiles.total(cell);
    const std::vector<double> profile = plain.profile({});
    for (std::size_t gene = 0; gene < from.size(); ++gene) {
      if (cell == 0 || cell == 3) from[gene] += profile[gene] / 2;
      if (cell != 0 && cell != 3) toward[gene] += profile[gene] / 3;
    }
  }
  for (std::size_t gene = 0; gene < from.size(); ++gene) {
    REQUIRE(direction.from[gene] == Approx(from[gene]).margin(1e-11));
    REQUIRE(direction.toward[gene] == Approx(toward[gene]).margin(1e-11));
  }

  ScreenPlan plan = testing::full_plan(example.profiles);
  plan.base = base;
  plan.from_to = from_to;
  plan.singles.shift = plan.singles.approach = plan.doubles.shift = plan.listed.shift = true;
  testing::MemorySink sink;
  CHECK_THROWS_AS(screen_shard(plan, example.profiles, members, 0, 1, sink), std::logic_error);
  plan.direction = direction;
  REQUIRE(screen_shard(plan, example.profiles, members, 0, 1, sink));
  const std::vector<float> singles = sink.scores(ScoreArray::singles, Score::shift);
  const auto kernel = make_cell_kernel(example.mapping, best_instruction_set(), base);
  kernel->set_direction(&direction);
  std::size_t event = 0;
  for (std::int64_t cell = 0; cell < 5; ++cell) {
    kernel->load(intact_cell(example.profiles, cell));
    for (std::int32_t at = 0; at < plan.targets.count(cell); ++at)
      CHECK(singles[event++] == static_cast<float>(kernel->scores(std::vector<std::int32_t>{at}).shift));
  }
  for (const std::int64_t shards : {2, 5}) {
    testing::MemorySink parts;
    for (std::int64_t shard = 0; shard < shards; ++shard)
      REQUIRE(screen_shard(plan, example.profiles, members, shard, shards, parts));
    for (const ScoreArray array : every_array)
      CHECK(parts.scores(array, Score::shift) == sink.scores(array, Score::shift));
  }
}

TEST_CASE("cells that are alike have no direction between them") {
  const Example example = dense_example();
  const std::vector<CollapsedMapping> members{example.mapping};
  const FromTo alike{"a", "b", {1}, {1}, {}};
  CHECK_THROWS_WITH(find_direction(alike, example.profiles, members, Base::fitted, Communicator::one_rank()),
                    Catch::Contains("are the same"));
}

}  // namespace direction_test
