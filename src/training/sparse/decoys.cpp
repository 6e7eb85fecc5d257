#include "decoys.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "dko/base/random.hpp"

namespace dko {

namespace {

constexpr std::int64_t depth_parts = 5;
constexpr std::int64_t state_parts = 3;
constexpr std::int64_t most_factors = 2;

/// Divides each stratum into `parts` of as many cells by `values`; equal ones by their place.
void divide(std::vector<std::int32_t>& strata, const std::vector<double>& values, std::int64_t parts) {
  std::vector<std::size_t> order(strata.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
    return strata[x] != strata[y] ? strata[x] < strata[y] : values[x] < values[y];
  });
  std::vector<std::int32_t> divided(strata.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last < order.size() && strata[order[last]] == strata[order[first]]) ++last;
    const auto size = static_cast<std::int64_t>(last - first);
    for (std::size_t at = first; at < last; ++at) {
      const std::int64_t part = static_cast<std::int64_t>(at - first) * parts / size;
      divided[order[at]] = static_cast<std::int32_t>(strata[order[at]] * parts + part);
    }
    first = last;
  }
  strata = std::move(divided);
}

using Strata = std::vector<std::vector<std::int64_t>>;

/// How many cells of each stratum express each gene, genes × strata.
std::vector<std::int64_t> counts_with(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                                      std::span<const std::int32_t> strata, std::int64_t count) {
  std::vector<std::int64_t> with(static_cast<std::size_t>(matrix.genes() * count), 0);
  for (std::size_t at = 0; at < cells.size(); ++at) {
    for (const std::int32_t gene : matrix.expressed(cells[at]))
      ++with[static_cast<std::size_t>(std::int64_t{gene} * count + strata[at])];
  }
  return with;
}

/// Deals the levels of a gene to other cells of their strata.
void deal_levels(const GeneInputs& inputs, std::int32_t gene, const Strata& strata, RandomStream& random,
                 GeneInputs& decoys) {
  for (const std::vector<std::int64_t>& of : strata) {
    const std::vector<std::int64_t> order = random.permutation(std::ssize(of));
    for (std::size_t at = 0; at < of.size(); ++at) {
      const float x = inputs.value(of[static_cast<std::size_t>(order[at])], gene);
      if (x > 0) decoys.add_level(of[at], gene, x);
    }
  }
}

}  // namespace

std::vector<std::int32_t> strata_of(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                                    std::span<const float> state, std::int64_t factors) {
  std::vector<std::int32_t> strata(cells.size(), 0);
  std::vector<double> values;
  for (const std::int64_t cell : cells) values.push_back(static_cast<double>(matrix.expressed_count(cell)));
  divide(strata, values, depth_parts);
  for (std::int64_t k = 0; k < std::min(factors, most_factors); ++k) {
    for (std::size_t at = 0; at < cells.size(); ++at)
      values[at] = static_cast<double>(state[static_cast<std::size_t>(k * matrix.cells() + cells[at])]);
    divide(strata, values, state_parts);
  }
  return strata;
}

GeneInputs decoy_inputs(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                        std::span<const std::int32_t> strata, const GeneInputs& inputs, std::uint64_t seed,
                        std::int64_t draw) {
  const std::int32_t count = cells.empty() ? 0 : 1 + *std::max_element(strata.begin(), strata.end());
  Strata cells_of(static_cast<std::size_t>(count));
  for (std::size_t at = 0; at < cells.size(); ++at)
    cells_of[static_cast<std::size_t>(strata[at])].push_back(cells[at]);
  const std::vector<std::int64_t> with = counts_with(matrix, cells, strata, count);
  PresenceBits presence(matrix.cells(), matrix.genes());
  const auto stream = [&](std::int32_t gene) {
    return RandomStream(seed, "decoy presence", static_cast<std::uint64_t>(draw * matrix.genes() + gene));
  };
  for (std::int32_t gene = 0; gene < matrix.genes(); ++gene) {
    if (inputs.is_level(gene)) continue;
    RandomStream random = stream(gene);
    for (std::size_t stratum = 0; stratum < cells_of.size(); ++stratum) {
      const std::vector<std::int64_t>& of = cells_of[stratum];
      const std::int64_t chosen = with[static_cast<std::size_t>(std::int64_t{gene} * count) + stratum];
      for (const std::int64_t place : random.distinct(chosen, std::ssize(of)))
        presence.set(of[static_cast<std::size_t>(place)], gene);
    }
  }
  GeneInputs decoys(std::move(presence), inputs.levels());
  for (std::int32_t gene = 0; gene < matrix.genes(); ++gene) {
    if (!inputs.is_level(gene)) continue;
    RandomStream random = stream(gene);
    deal_levels(inputs, gene, cells_of, random, decoys);
  }
  return decoys;
}

}  // namespace dko
