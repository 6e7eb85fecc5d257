#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// Events in groups (cells), and what they cost. Views.
struct EventCosts {
  /// Number of events before each group, and of all: group g has starts[g+1]−starts[g].
  std::span<const std::int64_t> starts;
  /// Cost of each event of a group, > 0.
  std::span<const std::int64_t> events;
  /// Once for every shard that has events of the group, ≥ 0; none: all are 0. A shard that begins in the
  /// middle of a group pays its load again.
  std::span<const std::int64_t> loads = {};

  std::int64_t load(std::size_t group) const { return loads.empty() ? 0 : loads[group]; }
};

/// Divides events into contiguous ranges such that the costliest is as cheap as it can be: shard r takes
/// events [b[r], b[r+1]) of the result b, which has shards+1 entries. No shard's cost is above the mean by
/// more than one event and one load. Some shards are empty where there are more shards than events; the last
/// ones have less. O((shards + log groups) · log total). Integers throughout: every rank finds the same.
/// With `before`, one number ≥ 0 a shard, each shard has that to do as well: then the costliest of both
/// together is as cheap as it can be. Local.
std::vector<std::int64_t> balanced_shards(const EventCosts& costs, std::int64_t shards,
                                          std::span<const std::int64_t> before = {});

/// What each of the shards between these bounds (ascending event numbers) costs, loads included. Local.
std::vector<std::int64_t> shard_costs(const EventCosts& costs, std::span<const std::int64_t> bounds);

}  // namespace dko
