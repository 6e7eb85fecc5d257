#include "dko/expression/abundance.hpp"

#include <algorithm>

#include "dko/base/numbers.hpp"

namespace dko {

std::vector<std::int32_t> most_abundant_genes(const RelativeProfiles& profiles,
                                              std::span<const std::int64_t> cells, std::size_t count) {
  std::vector<double> sums(static_cast<std::size_t>(profiles.genes()), 0.0);
  for (const std::int64_t cell : cells) {
    const auto expressed = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    for (std::size_t at = 0; at < expressed.size(); ++at)
      sums[static_cast<std::size_t>(expressed[at])] += static_cast<double>(shares[at]);
  }
  auto order = numbers_below<std::int32_t>(sums.size());
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t x, std::int32_t y) {
    return sums[static_cast<std::size_t>(x)] > sums[static_cast<std::size_t>(y)];
  });
  order.resize(std::min(order.size(), count));
  return order;
}

}  // namespace dko
