#include "dko/knockout/shards.hpp"

#include <algorithm>

namespace dko {

namespace {

std::vector<std::int64_t> cost_before_groups(std::span<const std::int64_t> starts,
                                             std::span<const std::int64_t> costs) {
  std::vector<std::int64_t> before{0};
  for (std::size_t group = 0; group < costs.size(); ++group) {
    before.push_back(before.back() + (starts[group + 1] - starts[group]) * costs[group]);
  }
  return before;
}

}  // namespace

std::vector<std::int64_t> balanced_shards(std::span<const std::int64_t> starts,
                                          std::span<const std::int64_t> costs, std::int64_t shards) {
  const std::vector<std::int64_t> before = cost_before_groups(starts, costs);
  const std::int64_t total = before.back();
  std::vector<std::int64_t> bounds{0};
  for (std::int64_t shard = 1; shard < shards; ++shard) {
    // total·shard/shards without leaving 64 bits.
    const std::int64_t goal = total / shards * shard + total % shards * shard / shards;
    const auto above = std::upper_bound(before.begin(), before.end(), goal);
    if (above == before.end()) {
      bounds.push_back(starts.back());
      continue;
    }
    const auto group = static_cast<std::size_t>(above - before.begin() - 1);
    bounds.push_back(starts[group] + (goal - before[group]) / costs[group]);
  }
  bounds.push_back(starts.back());
  return bounds;
}

}  // namespace dko
