#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// Divides events into contiguous ranges of nearly equal cost: shard r takes events [b[r], b[r+1]) of the
/// result b, which has shards+1 entries. Events come in groups (cells); group g has starts[g+1]−starts[g]
/// events of costs[g] > 0 each. No shard's cost is above the mean by more than one event. Some shards are
/// empty where there are more shards than events. Integers throughout: every rank finds the same. Local.
std::vector<std::int64_t> balanced_shards(std::span<const std::int64_t> starts,
                                          std::span<const std::int64_t> costs, std::int64_t shards);

}  // namespace dko
