#include "pair_rounds.hpp"

#include <algorithm>

#include "dko/knockout/screen/pair_division.hpp"
#include "dko/knockout/sharding/shards.hpp"

namespace dko {

BlockEvents::BlockEvents(const ScreenPlan& plan, std::span<const std::int64_t> pair_starts,
                         const PairGenes& genes, EventRange firsts) {
  if (firsts.first == 0 && firsts.last == genes.count()) {
    starts_.assign(pair_starts.begin(), pair_starts.end());
    return;
  }
  const std::int64_t k = genes.count();
  const PairsInCells block(genes,
                           {PairIndex::row_start(k, firsts.first), PairIndex::row_start(k, firsts.last)});
  for (std::int64_t cell = 0; cell < plan.targets.cells(); ++cell) {
    const EventRange pairs =
        has_pairs(pair_starts, cell) ? block.within(plan.targets.of(cell)) : EventRange();
    firsts_.push_back(pairs.first);
    starts_.push_back(starts_.back() + pairs.size());
  }
}

bool BlockEvents::is_cell_start(std::int64_t event) const {
  return std::binary_search(starts_.begin(), starts_.end(), event);
}

EventRange BlockEvents::within(std::int64_t cell, EventRange events) const {
  const auto at = static_cast<std::size_t>(cell);
  const std::int64_t first = std::clamp(events.first, starts_[at], starts_[at + 1]);
  const std::int64_t last = std::clamp(events.last, starts_[at], starts_[at + 1]);
  return {first_of(cell) + first - starts_[at], first_of(cell) + last - starts_[at]};
}

std::int64_t latest_end(const BlockEvents& events, std::span<const CellCosts> cells, std::int64_t from,
                        const PairSumsLimits& limits, std::int64_t ranks, std::int64_t members) {
  const std::int64_t end = std::min(events.total(), from + limits.scores * ranks);
  std::int64_t left = cost_of_round * ranks;
  for (std::int64_t cell = events.cell_of(from); cell < std::ssize(cells); ++cell) {
    const auto at = static_cast<std::size_t>(cell);
    const std::int64_t count = events.within(cell, {from, end}).size();
    left -= (cells[at].pair * members + limits.of_pair.adding) * count +
            (count > 0 ? cells[at].load * members : 0);
    if (left <= 0 || events.starts()[at + 1] >= end) return std::min(end, events.starts()[at + 1]);
  }
  return end;
}

std::int64_t end_of_round(const BlockEvents& events, std::int64_t from, std::int64_t to) {
  if (to >= events.total()) return events.total();
  const auto starts = events.starts();
  const std::int64_t start = *(std::upper_bound(starts.begin(), starts.end(), to) - 1);
  return start > from ? start : to;
}

namespace {

/// The costs of a round's events, by cell.
struct RoundCosts {
  std::vector<std::int64_t> starts{0};
  std::vector<std::int64_t> events;
  std::vector<std::int64_t> loads;

  RoundCosts(const BlockEvents& of, std::span<const CellCosts> cells, EventRange range) {
    if (range.size() <= 0) return;
    for (std::int64_t cell = of.cell_of(range.first);
         cell < std::ssize(cells) && of.starts()[static_cast<std::size_t>(cell)] < range.last; ++cell) {
      const std::int64_t count = of.within(cell, range).size();
      if (count == 0) continue;
      starts.push_back(starts.back() + count);
      events.push_back(cells[static_cast<std::size_t>(cell)].pair);
      loads.push_back(cells[static_cast<std::size_t>(cell)].load);
    }
  }
  EventCosts view() const { return {starts, events, loads}; }
};

std::int64_t largest_share(const PairRound& round) {
  std::int64_t most = 0;
  for (std::size_t at = 1; at < round.bounds.size(); ++at)
    most = std::max(most, round.bounds[at] - round.bounds[at - 1]);
  return most;
}

}  // namespace

PairRound plan_round(const BlockEvents& events, std::span<const CellCosts> cells, EventRange range,
                     std::span<const std::int64_t> before, std::int64_t most, std::int64_t ranks) {
  PairRound round{{range.first, end_of_round(events, range.first, range.last)}, {}};
  for (;;) {
    const RoundCosts costs(events, cells, round.events);
    round.bounds = balanced_shards(costs.view(), ranks, before);
    for (std::int64_t& bound : round.bounds) bound += round.events.first;
    const std::int64_t largest = largest_share(round);
    if (largest <= most) return round;
    const double part = static_cast<double>(most) / static_cast<double>(largest);
    const auto fewer = static_cast<std::int64_t>(part * static_cast<double>(round.events.size()));
    round.events.last = end_of_round(events, range.first, range.first + std::max<std::int64_t>(1, fewer));
  }
}

void add_round_costs(const BlockEvents& events, std::span<const CellCosts> cells, const PairRound& round,
                     std::vector<std::int64_t>& costs) {
  const RoundCosts of_round(events, cells, round.events);
  std::vector<std::int64_t> bounds = round.bounds;
  for (std::int64_t& bound : bounds) bound -= round.events.first;
  const std::vector<std::int64_t> of_ranks = shard_costs(of_round.view(), bounds);
  for (std::size_t rank = 0; rank < costs.size(); ++rank) costs[rank] += of_ranks[rank];
}

}  // namespace dko
