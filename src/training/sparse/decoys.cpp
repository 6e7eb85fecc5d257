#include "decoys.hpp"

#include <algorithm>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"

namespace dko {

namespace {

constexpr std::int64_t depth_parts = 5;
constexpr std::int64_t state_parts = 3;
constexpr std::int64_t divided_factors = 2;

/// Divides each stratum into `parts` of as many cells by `values`; equal ones by their place.
void divide(std::vector<std::int32_t>& strata, const std::vector<double>& values, std::int64_t parts) {
  auto order = numbers_below<std::size_t>(strata.size());
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

}  // namespace

std::vector<std::int32_t> strata_of(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                                    std::span<const float> state, std::int64_t factors) {
  std::vector<std::int32_t> strata(cells.size(), 0);
  std::vector<double> values;
  for (const std::int64_t cell : cells) values.push_back(static_cast<double>(matrix.expressed_count(cell)));
  divide(strata, values, depth_parts);
  for (std::int64_t k = 0; k < std::min(factors, divided_factors); ++k) {
    for (std::size_t at = 0; at < cells.size(); ++at)
      values[at] = static_cast<double>(state[static_cast<std::size_t>(k * matrix.cells() + cells[at])]);
    divide(strata, values, state_parts);
  }
  return strata;
}

PresenceBits decoy_presence(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                            std::span<const std::int32_t> strata, std::uint64_t seed, std::int64_t draw,
                            const NodeGroup& group) {
  const std::int32_t count = cells.empty() ? 0 : 1 + *std::max_element(strata.begin(), strata.end());
  std::vector<std::vector<std::int64_t>> cells_of(static_cast<std::size_t>(count));
  for (std::size_t at = 0; at < cells.size(); ++at)
    cells_of[static_cast<std::size_t>(strata[at])].push_back(cells[at]);
  PresenceBuffer decoys(group, matrix.cells(), matrix.genes());
  const RankShare own = decoys.own_genes();
  // How many cells of each stratum express each of these genes, genes × strata.
  std::vector<std::int64_t> with(static_cast<std::size_t>((own.last - own.first) * count), 0);
  for (std::size_t at = 0; at < cells.size(); ++at) {
    for (const std::int32_t gene : within(matrix.expressed(cells[at]), own))
      ++with[static_cast<std::size_t>((gene - own.first) * count + strata[at])];
  }
  for (auto gene = static_cast<std::int32_t>(own.first); gene < own.last; ++gene) {
    RandomStream random(seed, "decoy presence", static_cast<std::uint64_t>(draw * matrix.genes() + gene));
    for (std::size_t stratum = 0; stratum < cells_of.size(); ++stratum) {
      const std::vector<std::int64_t>& of = cells_of[stratum];
      const std::int64_t chosen = with[static_cast<std::size_t>((gene - own.first) * count) + stratum];
      for (const std::int64_t place : random.distinct(chosen, std::ssize(of)))
        decoys.set(of[static_cast<std::size_t>(place)], gene);
    }
  }
  return std::move(decoys).publish();
}

}  // namespace dko
