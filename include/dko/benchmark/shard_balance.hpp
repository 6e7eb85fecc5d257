#pragma once
// How evenly ranks share a screen by the cost model: what dko bench shards tells. Nothing is scored.

#include <cstdint>
#include <vector>

#include "dko/knockout/sharding/shards.hpp"

namespace dko {

/// All pairs of some cells, and what they cost in units of CellCosts (cost.hpp).
struct PairCosts {
  std::vector<std::int64_t> starts{0};  ///< pairs before each cell, and of all
  std::vector<std::int64_t> events;     ///< cost of each pair of a cell
  std::vector<std::int64_t> loads;      ///< of loading it

  EventCosts view() const { return {starts, events, loads}; }
};

/// Costs by the dense kernel in cells of at most `genes` expressed genes: draw_expressed_counts()
/// (synthetic_cells.hpp). Local.
PairCosts draw_pair_costs(std::int64_t cells, std::int64_t genes, std::uint64_t seed);

/// How a number of shards share the pairs.
struct ShardBalance {
  std::int64_t shards = 0;
  double mean_seconds = 0;
  double max_seconds = 0;
  double loads = 0;  ///< part of all time that goes into loading cells

  /// By how much the slowest shard is above the mean, as a part of it.
  double imbalance() const { return max_seconds / mean_seconds - 1; }
};

/// Shares the pairs, at least one, as a screen does (balanced_shards()). Local.
ShardBalance balance_of(const PairCosts& pairs, std::int64_t shards);

}  // namespace dko
