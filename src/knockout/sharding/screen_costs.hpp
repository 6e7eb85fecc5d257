#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/events/event_list.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "dko/knockout/sharding/cost.hpp"
#include "dko/knockout/sharding/shards.hpp"

namespace dko {

/// Half a second: of the longest piece of pairs between two times of asking whether to stop.
inline constexpr std::int64_t cost_of_piece = 5'000'000'000;

/// The costs of a plan's cells: where genes are switched on, pairs are scored one by one, and what concerns
/// these genes is loaded, too; for the events of a list, of all genes that any of them switches on, those
/// that the cell lacks.
std::vector<CellCosts> costs_of_plan(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                                     std::vector<CellCosts> costs);

/// What a shard has to do in one array.
struct ShardWork {
  std::vector<EventRange> ranges;
  std::int64_t cost = 0;  ///< loads included
};

/// What the events of one array of a screen cost. Empty by default.
class ArrayCosts {
 public:
  ArrayCosts() = default;
  /// Costs of events that come cell by cell, starts[c+1]−starts[c] in cell c, each at the cost that
  /// `of_event` points to.
  ArrayCosts(std::span<const std::int64_t> starts, std::span<const CellCosts> cells,
             std::int64_t CellCosts::*of_event);
  /// Costs of a list in any order. A cell is loaded for each run of its events; of more runs than cells,
  /// which screens sort by cell in large blocks, each is charged its part of a load a cell.
  ArrayCosts(const EventList& list, std::span<const CellCosts> cells);

  /// What a shard takes of the work: whole blocks, ascending. `before` is what each shard has to do as well,
  /// one number each: those that have more of that get less of this.
  ShardWork share(const ArrayWork& work, std::int64_t shard, std::span<const std::int64_t> before) const;
  /// The costs of what each of them takes, loads included.
  std::vector<std::int64_t> of_shares(const ArrayWork& work, std::span<const std::int64_t> before) const;

 private:
  ArrayCosts within(const std::vector<EventRange>& ranges) const;
  EventCosts view() const { return {starts_, events_, loads_}; }

  std::vector<std::int64_t> starts_{0};
  std::vector<std::int64_t> events_;
  std::vector<std::int64_t> loads_;
};

/// What the events of one of a plan's arrays cost. Local.
ArrayCosts costs_of_array(const ScreenPlan& plan, const PairIndex& pairs, std::span<const CellCosts> cells,
                          ScoreArray array);

/// Adds to `before`, what each shard has to do, its share of an array's work. Local.
void add_shares(const ArrayCosts& costs, const ArrayWork& work, std::vector<std::int64_t>& before);

}  // namespace dko
