#include "kernel_check.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "full_network.hpp"

namespace dko::testing {

namespace {

KnockoutScores full_scores(const Mapping& mapping, std::span<const std::int32_t> genes,
                           std::span<const std::int32_t> removed) {
  return {full_impact(mapping, genes, removed), full_network_impact(mapping, genes, removed)};
}

}  // namespace

double largest_difference(const KnockoutScores& a, const KnockoutScores& b) {
  const double impact = std::abs(a.impact - b.impact);
  const double network = std::abs(a.network - b.network);
  return std::isnan(impact) || std::isnan(network) ? HUGE_VAL : std::max(impact, network);
}

KnockoutScores stored(const PairScores& pairs, std::size_t at) {
  return {static_cast<double>(pairs.values.impact[at]), static_cast<double>(pairs.values.network[at])};
}

double worst_difference(const Mapping& mapping, const ExpressionMatrix& matrix) {
  const CollapsedMapping collapsed(mapping);
  double worst = 0;
  for (const InstructionSet instructions : every_instruction_set) {
    if (!is_available(instructions)) continue;
    DenseCellKernel kernel(collapsed, instructions);
    for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
      const auto genes = matrix.expressed(cell);
      const auto n = static_cast<std::int32_t>(genes.size());
      kernel.load(genes);
      for (std::int32_t a = 0; a < n && n > 1; ++a) {
        const KnockoutScores scores = kernel.scores(std::vector<std::int32_t>{a});
        REQUIRE((scores.impact >= 0 && scores.impact <= 1 && scores.network >= 0 && scores.network <= 1));
        worst = std::max(
            worst, largest_difference(
                       scores, full_scores(mapping, genes, genes.subspan(static_cast<std::size_t>(a), 1))));
      }
      if (n < 3) continue;
      const PairScores pairs(kernel, n);
      REQUIRE(PairScores(kernel, n, {{.impact = true}}).values.impact == pairs.values.impact);
      REQUIRE(PairScores(kernel, n, {{.network = true}}).values.network == pairs.values.network);
      pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
        const std::vector<std::int32_t> pair{genes[static_cast<std::size_t>(a)],
                                             genes[static_cast<std::size_t>(b)]};
        const KnockoutScores full = full_scores(mapping, genes, pair);
        REQUIRE((pairs.values.impact[at] >= 0 && pairs.values.impact[at] <= 1));
        REQUIRE((pairs.values.network[at] >= 0 && pairs.values.network[at] <= 1));
        worst = std::max(worst, largest_difference(stored(pairs, at), full));
        worst = std::max(worst, largest_difference(kernel.scores(std::vector<std::int32_t>{a, b}), full));
      });
    }
  }
  return worst;
}

}  // namespace dko::testing
