#include "dko/knockout/kernels/dense_cell_kernel.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"
#include "dko/mapping/collapse_for.hpp"
#include "dko/training/two_layer/train.hpp"
#include "dko/training/two_layer/trainer.hpp"
#include "support/full_network.hpp"
#include "support/kernel_check.hpp"
#include "support/pair_scores.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace dense_cell_kernel_test {

using testing::largest_difference;
using testing::stored;
using testing::worst_difference;

/// Largest difference of the pairs of a loaded cell to what the kernel says of them one by one.
double worst_pair(DenseCellKernel& kernel, std::int32_t n) {
  const testing::PairScores pairs(kernel, n);
  double worst = 0;
  pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    worst = std::max(worst,
                     largest_difference(stored(pairs, at), kernel.scores(std::vector<std::int32_t>{a, b})));
  });
  return worst;
}

constexpr double agreed = 2e-5;       // what is promised
constexpr double to_rounding = 1e-6;  // what single precision gives where little cancels

/// A mapping of n genes by A and c, for cells that express all of them.
struct AllExpressed {
  AllExpressed(std::vector<double> a, std::vector<double> c)
      : genes(numbers_below<std::int32_t>(c.size())),
        mapping(std::ssize(genes), NodeArray(std::move(a)), NodeArray(std::move(c))) {}
  std::vector<std::int32_t> genes;
  CollapsedMapping mapping;
};

/// Outputs over some orders of magnitude, `effect` times as large are the effects on them.
AllExpressed random_effects(std::size_t n, double effect, double largest_output, std::uint64_t seed) {
  RandomStream stream(seed, "effects");
  std::vector<double> c;
  for (std::size_t gene = 0; gene < n; ++gene) c.push_back(std::pow(10.0, stream.uniform(-2, 0)));
  c[n / 2] = largest_output;
  std::vector<double> a;
  for (std::size_t gene = 0; gene < n; ++gene) {
    for (std::size_t row = 0; row < n; ++row)
      a.push_back(c[row] * effect * stream.uniform(-1, 1) * static_cast<double>(n));
  }
  return {std::move(a), std::move(c)};
}

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

TEST_CASE("all pairs agree with one by one: from effects that matter little to such that turn signs") {
  const double effect = GENERATE(1e-4, 1e-2, 0.1, 0.3, 1.0, 10.0, 1e4);
  AllExpressed cell = random_effects(150, effect, 1, 21);
  DenseCellKernel kernel(cell.mapping);
  kernel.load(cell.genes);
  CHECK(worst_pair(kernel, 150) < agreed);
  CHECK((kernel.crossing_rows() > 0) == (effect > 0.02));
}

TEST_CASE("all pairs agree with one by one: a gene that is nearly all there is") {
  const double output = GENERATE(1e1, 1e3, 1e5, 1e8);
  AllExpressed cell = random_effects(100, GENERATE(1e-3, 0.3), output, 22);
  DenseCellKernel kernel(cell.mapping);
  kernel.load(cell.genes);
  CHECK(worst_pair(kernel, 100) < agreed);
}

TEST_CASE("all pairs agree with one by one: outputs of any scale, and columns that cancel") {
  const double scale = GENERATE(1e-25, 1e-10, 1e10, 1e25);
  const double common = GENERATE(0.0, 1e3, 1e6);
  AllExpressed plain = random_effects(70, 0.2, 1, 23);
  std::vector<double> a;
  std::vector<double> c;
  for (std::int32_t gene = 0; gene < 70; ++gene) {
    // Adds to every output what every second gene takes away again.
    for (const double effect : plain.mapping.column(gene))
      a.push_back((effect + (gene % 2 == 0 ? common : -common)) * scale);
    c.push_back(plain.mapping.offset()[static_cast<std::size_t>(gene)] * scale);
  }
  AllExpressed cell(std::move(a), std::move(c));
  DenseCellKernel kernel(cell.mapping);
  kernel.load(cell.genes);
  CHECK(worst_pair(kernel, 70) < agreed);
}

TEST_CASE("effects that scale all outputs alike leave no network impact and no interaction: all pairs") {
  constexpr std::int32_t n = 120;
  RandomStream stream(26, "common effects");
  std::vector<double> c;
  for (std::int32_t gene = 0; gene < n; ++gene) c.push_back(std::pow(10.0, stream.uniform(-3, 0)));
  std::vector<double> a;
  for (std::int32_t gene = 0; gene < n; ++gene) {
    const double effect = stream.uniform(0, 2);
    for (const double output : c) a.push_back(effect * output);
  }
  AllExpressed cell(std::move(a), std::move(c));
  DenseCellKernel kernel(cell.mapping);
  kernel.load(cell.genes);
  const std::vector<double> shares = kernel.intact_profile();
  const testing::PairScores pairs(kernel, n);
  pairs.for_each([&](std::int32_t first, std::int32_t second, std::size_t at) {
    CHECK(pairs.values.network[at] == 0);
    CHECK(static_cast<double>(pairs.values.impact[at]) ==
          Approx(shares[static_cast<std::size_t>(first)] + shares[static_cast<std::size_t>(second)])
              .epsilon(1e-6));
  });
}

TEST_CASE("a pair has the same bits in whatever range, selection and company it is scored") {
  constexpr std::int32_t n = 261;  // more than a panel
  AllExpressed cell = random_effects(n, GENERATE(1e-3, 0.5), 1, 24);
  for (const InstructionSet instructions : every_instruction_set) {
    if (!is_available(instructions)) continue;
    DenseCellKernel kernel(cell.mapping, instructions);
    kernel.load(cell.genes);
    const testing::PairScores all(kernel, n);
    const std::int64_t count = PairIndex::row_start(n, n - 1);
    for (std::int64_t first = 0; first < count; first += 7237) {
      const EventRange part{first, std::min(count, first + 7237)};
      std::vector<float> impacts(static_cast<std::size_t>(part.size()));
      kernel.pair_scores(cell.genes, part, {impacts});
      REQUIRE(std::equal(impacts.begin(), impacts.end(), all.values.impact.begin() + first));
    }
    std::vector<std::int32_t> some;
    for (std::int32_t gene = 3; gene < n; gene += 4) some.push_back(gene);
    const auto m = std::ssize(some);
    std::vector<float> networks(static_cast<std::size_t>(PairIndex::row_start(m, m - 1)));
    kernel.pair_scores(some, {0, std::ssize(networks)}, {{}, networks});
    for (std::int64_t pair = 0; pair < std::ssize(networks); ++pair) {
      const TargetPair of_some = PairIndex::pair_of(m, pair);
      const std::int32_t a = some[static_cast<std::size_t>(of_some.first)];
      const std::int32_t b = some[static_cast<std::size_t>(of_some.second)];
      REQUIRE(networks[static_cast<std::size_t>(pair)] ==
              all.values.network[static_cast<std::size_t>(PairIndex::row_start(n, a) + b - a - 1)]);
    }
  }
}

TEST_CASE("instruction sets agree to rounding, over more rows than fit into the first cache") {
  constexpr std::int32_t n = 1100;
  constexpr std::int32_t in_pairs = 240;  // of these: enough, also where every instruction is emulated
  AllExpressed cell = random_effects(n, 0.2, 1, 25);
  DenseCellKernel portable(cell.mapping, InstructionSet::portable);
  DenseCellKernel best(cell.mapping);
  portable.load(cell.genes);
  best.load(cell.genes);
  const testing::PairScores by_portable(portable, in_pairs);
  const testing::PairScores by_best(best, in_pairs);
  double worst = 0;
  by_best.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
    worst = std::max(worst, largest_difference(stored(by_best, at), stored(by_portable, at)));
    if (at % 47 != 0) return;
    worst = std::max(worst,
                     largest_difference(stored(by_best, at), best.scores(std::vector<std::int32_t>{a, b})));
  });
  CHECK(worst < 1e-7);
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

TEST_CASE("pairs do not depend on the cell and the genes that the kernel scored before") {
  constexpr std::int32_t n = 90;
  const AllExpressed both = random_effects(2 * n, 0.4, 1, 26);
  const auto first = std::span(both.genes).first(n);
  const auto second = std::span(both.genes).last(n);
  DenseCellKernel fresh(both.mapping);
  fresh.load(second);
  const testing::PairScores wanted(fresh, n);
  DenseCellKernel used(both.mapping);
  used.load(first);
  const testing::PairScores others(used, n);
  REQUIRE(others.values.impact != wanted.values.impact);
  used.load(second);  // as many genes
  CHECK(testing::PairScores(used, n).values.impact == wanted.values.impact);
  const testing::PairScores fewer(used, n / 2);
  CHECK(testing::PairScores(used, n).values.impact == wanted.values.impact);
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

TEST_CASE("a cell is refused if A was not computed for a gene that it expresses, or that is switched on") {
  const auto profiles = testing::random_matrix(1, 30, 0.6, 14).relative_profiles();
  const IntactCell cell = intact_cell(profiles, 0);
  std::vector<std::int32_t> genes(cell.expressed.begin(), cell.expressed.end());
  REQUIRE(genes.size() > 3);
  const std::vector<std::int32_t> left_out{genes[2]};
  genes.erase(genes.begin() + 2);
  const NodeGroup alone(testing::world());
  const CollapsedMapping some =
      collapse_for(genes, alone, at_root(testing::world(), testing::random_mapping({30, 260}, 1, 15)));
  DenseCellKernel kernel(some);
  CHECK_NOTHROW(kernel.load(genes));
  CHECK_THROWS_AS(kernel.load(cell), std::logic_error);
  CHECK_THROWS_AS(kernel.load(KernelCell(IntactCell{genes}, left_out)), std::logic_error);
}

}  // namespace dense_cell_kernel_test
