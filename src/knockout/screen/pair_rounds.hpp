#pragma once
// Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_genes.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "dko/knockout/sharding/cost.hpp"
#include "pair_sums_memory.hpp"

namespace dko {

/// The double knockouts of a block of first genes, numbered cell by cell, in each cell as in PairIndex.
class BlockEvents {
 public:
  BlockEvents() = default;
  /// Local. O(cells · log m), of all first genes O(cells).
  BlockEvents(const ScreenPlan& plan, std::span<const std::int64_t> pair_starts, const PairGenes& genes,
              EventRange firsts);

  std::int64_t total() const { return starts_.back(); }
  /// C+1 entries: events before each cell.
  std::span<const std::int64_t> starts() const { return starts_; }
  std::int64_t cell_of(std::int64_t event) const { return cell_of_event(starts_, event); }
  bool is_cell_start(std::int64_t event) const;

  /// Which of a cell's pairs these events of the block are, those of other cells left out.
  EventRange within(std::int64_t cell, EventRange events) const;
  /// The number of one of a cell's pairs among the events.
  std::int64_t event_of(std::int64_t cell, std::int64_t pair) const {
    return starts_[static_cast<std::size_t>(cell)] + pair - first_of(cell);
  }

 private:
  std::int64_t first_of(std::int64_t cell) const {
    return firsts_.empty() ? 0 : firsts_[static_cast<std::size_t>(cell)];
  }

  std::vector<std::int64_t> starts_{0};
  std::vector<std::int64_t> firsts_;  // of the pairs of each cell; empty: all are 0
};

/// Events that ranks score at a time, before they exchange the scores: rank r those of [bounds[r],
/// bounds[r+1]).
struct PairRound {
  EventRange events;
  std::vector<std::int64_t> bounds;

  EventRange of(std::int64_t rank) const {
    return {bounds[static_cast<std::size_t>(rank)], bounds[static_cast<std::size_t>(rank) + 1]};
  }
};

/// The cost that one rank scores and adds up at most in a round of several cells, two seconds: as much is
/// lost if it is stopped.
inline constexpr std::int64_t cost_of_round = 20'000'000'000;

/// Where a round that begins at `from` ends at the latest: each of `ranks` has no more scores than its
/// limits allow, and no more to do than a round costs, but for one cell. `members` are those of the mapping.
/// Local.
std::int64_t latest_end(const BlockEvents& events, std::span<const CellCosts> cells, std::int64_t from,
                        const PairSumsLimits& limits, std::int64_t ranks, std::int64_t members);

/// The end of a round that begins at `from` and ends at `to` or before: where a cell ends, or within one if
/// there is no such place. Local.
std::int64_t end_of_round(const BlockEvents& events, std::int64_t from, std::int64_t to);

/// The round that begins at `from` and ends at `to` or before, of which no rank scores more than `most`
/// events. Its shares make the costliest of scoring and what ranks have to do before it (one number each, or
/// none) as cheap as they can. Local.
PairRound plan_round(const BlockEvents& events, std::span<const CellCosts> cells, EventRange range,
                     std::span<const std::int64_t> before, std::int64_t most, std::int64_t ranks);

/// What each rank's share of a round costs, loads included, added to `costs`. Local.
void add_round_costs(const BlockEvents& events, std::span<const CellCosts> cells, const PairRound& round,
                     std::vector<std::int64_t>& costs);

}  // namespace dko
