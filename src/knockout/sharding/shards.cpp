#include "dko/knockout/sharding/shards.hpp"

#include <algorithm>
#include <numeric>

#include "dko/base/error.hpp"

namespace dko {

namespace {

constexpr std::int64_t most_cost = std::int64_t{1} << 61;

/// Cost of the events of a group, or one above most_cost if it is more. All are from 0.
std::int64_t counted_cost(std::int64_t load, std::int64_t events, std::int64_t of_event) {
  std::int64_t cost = 0;
  if (__builtin_mul_overflow(events, of_event, &cost) || __builtin_add_overflow(cost, load, &cost))
    return most_cost + 1;
  return std::min(cost, most_cost + 1);
}

/// Sums that let a shard be filled without a look at every group it takes.
class CostLine {
 public:
  explicit CostLine(const EventCosts& costs) : costs_(costs) {
    before_.reserve(costs.starts.size());
    before_.push_back(0);
    for (std::size_t group = 0; group < costs.events.size(); ++group) {
      const std::int64_t events = costs.starts[group + 1] - costs.starts[group];
      const std::int64_t load = events > 0 ? costs.load(group) : 0;
      before_.push_back(before_.back() + counted_cost(load, events, costs.events[group]));
      if (before_.back() > most_cost)
        throw InputError(
            "this screen would take longer than its costs can be counted: choose fewer genes, cells or "
            "knockouts");
      if (events > 0) dearest_ = std::max(dearest_, load + costs.events[group]);
    }
  }

  /// Cost of all events, each group loaded once.
  std::int64_t total() const { return before_.back(); }
  /// Highest cost of one event and its load: no shard can be promised to cost less.
  std::int64_t dearest() const { return dearest_; }
  std::int64_t events() const { return costs_.starts.back(); }

  std::size_t group_of(std::int64_t event) const {
    const auto above = std::upper_bound(costs_.starts.begin(), costs_.starts.end(), event);
    return static_cast<std::size_t>(above - costs_.starts.begin() - 1);
  }

  /// Cost of the events from `event`, which is in `group`, to the end of that group, with the load.
  std::int64_t rest_of_group(std::int64_t event, std::size_t group) const {
    return costs_.load(group) + (costs_.starts[group + 1] - event) * costs_.events[group];
  }

  /// The end of a shard that begins at `event` < events() and costs `most` or less.
  std::int64_t fill(std::int64_t event, std::int64_t most) const {
    const std::size_t group = group_of(event);
    if (most < costs_.load(group) + costs_.events[group]) return event;
    const std::int64_t rest = rest_of_group(event, group);
    if (rest > most) return event + (most - costs_.load(group)) / costs_.events[group];
    const std::int64_t goal = before_[group + 1] + most - rest;
    const auto above = std::upper_bound(before_.begin(), before_.end(), goal);
    if (above == before_.end()) return events();
    const auto last = static_cast<std::size_t>(above - before_.begin() - 1);
    const std::int64_t left = goal - before_[last] - costs_.load(last);
    return costs_.starts[last] + std::max<std::int64_t>(0, left) / costs_.events[last];
  }

  /// Cost of the events [first, last).
  std::int64_t cost(std::int64_t first, std::int64_t last) const {
    if (first >= last) return 0;
    const std::size_t group = group_of(first);
    const std::size_t end = group_of(last - 1);
    if (group == end) return costs_.load(group) + (last - first) * costs_.events[group];
    return rest_of_group(first, group) + before_[end] - before_[group + 1] + costs_.load(end) +
           (last - costs_.starts[end]) * costs_.events[end];
  }

 private:
  EventCosts costs_;
  std::vector<std::int64_t> before_;
  std::int64_t dearest_ = 0;
};

/// What each shard has to do before.
class Before {
 public:
  explicit Before(std::span<const std::int64_t> costs) : costs_(costs) {}
  std::int64_t of(std::int64_t shard) const {
    return costs_.empty() ? 0 : costs_[static_cast<std::size_t>(shard)];
  }
  std::int64_t total() const { return std::accumulate(costs_.begin(), costs_.end(), std::int64_t{0}); }
  std::int64_t most() const { return costs_.empty() ? 0 : *std::ranges::max_element(costs_); }
  std::int64_t least() const { return costs_.empty() ? 0 : *std::ranges::min_element(costs_); }

 private:
  std::span<const std::int64_t> costs_;
};

std::vector<std::int64_t> filled(const CostLine& line, std::int64_t shards, const Before& before,
                                 std::int64_t most) {
  std::vector<std::int64_t> bounds{0};
  bounds.reserve(static_cast<std::size_t>(shards) + 1);
  for (std::int64_t shard = 0; shard < shards; ++shard) {
    const std::int64_t first = bounds.back();
    bounds.push_back(first < line.events() ? line.fill(first, most - before.of(shard)) : first);
  }
  return bounds;
}

bool suffices(const CostLine& line, std::int64_t shards, const Before& before, std::int64_t most) {
  std::int64_t event = 0;
  for (std::int64_t shard = 0; shard < shards && event < line.events(); ++shard)
    event = line.fill(event, most - before.of(shard));
  return event >= line.events();
}

}  // namespace

std::vector<std::int64_t> balanced_shards(const EventCosts& costs, std::int64_t shards,
                                          std::span<const std::int64_t> costs_before) {
  const CostLine line(costs);
  const Before before(costs_before);
  std::int64_t enough = line.total() + before.most();
  std::int64_t least = std::max(line.dearest() + before.least(), (line.total() + before.total()) / shards);
  while (least < enough) {
    const std::int64_t middle = least + (enough - least) / 2;
    if (suffices(line, shards, before, middle))
      enough = middle;
    else
      least = middle + 1;
  }
  return filled(line, shards, before, enough);
}

std::vector<std::int64_t> shard_costs(const EventCosts& costs, std::span<const std::int64_t> bounds) {
  const CostLine line(costs);
  std::vector<std::int64_t> all;
  for (std::size_t shard = 0; shard + 1 < bounds.size(); ++shard)
    all.push_back(line.cost(bounds[shard], bounds[shard + 1]));
  return all;
}

}  // namespace dko
