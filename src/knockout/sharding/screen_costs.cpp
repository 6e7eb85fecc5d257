#include "screen_costs.hpp"

#include <algorithm>
#include <array>

namespace dko {

namespace {

/// What loading `absent` genes beside those that a cell expresses takes.
std::int64_t cost_of_absent(std::int64_t load, std::int64_t expressed, std::int64_t absent) {
  return load / std::max<std::int64_t>(1, expressed) * absent;
}

/// How many of these genes, ascending, a cell lacks.
std::int64_t count_absent(std::span<const std::int32_t> genes, std::span<const std::int32_t> expressed) {
  std::int64_t absent = std::ssize(genes);
  auto next = expressed.begin();
  for (const std::int32_t gene : genes) {
    next = std::lower_bound(next, expressed.end(), gene);
    if (next == expressed.end()) break;
    if (*next == gene) --absent;
  }
  return absent;
}

/// Cells of the list load what it switches on.
void add_switched_on(const EventList& list, const ExpressionMatrix& matrix, std::vector<CellCosts>& costs) {
  const std::vector<std::int32_t> added = list.genes_added();
  std::vector<bool> is_done(costs.size(), false);
  for (std::int64_t event = 0; event < list.size(); ++event) {
    const std::int64_t cell = list.cell(event);
    const auto at = static_cast<std::size_t>(cell);
    if (is_done[at]) continue;
    is_done[at] = true;
    const std::int64_t absent = count_absent(added, matrix.expressed(cell));
    costs[at].load_added = cost_of_absent(costs[at].load, matrix.expressed_count(cell), absent);
  }
}

}  // namespace

std::vector<CellCosts> costs_of_plan(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                                     std::vector<CellCosts> costs) {
  if (!plan.activates) {
    if (plan.list && plan.list->has_added()) add_switched_on(*plan.list, matrix, costs);
    return costs;
  }
  for (std::int64_t cell = 0; cell < std::ssize(costs); ++cell) {
    CellCosts& of_cell = costs[static_cast<std::size_t>(cell)];
    of_cell.pair = of_cell.listed;
    of_cell.load += cost_of_absent(of_cell.load, matrix.expressed_count(cell), plan.targets.count(cell));
  }
  return costs;
}

ArrayCosts::ArrayCosts(std::span<const std::int64_t> starts, std::span<const CellCosts> cells,
                       std::int64_t CellCosts::*of_event)
    : starts_(starts.begin(), starts.end()) {
  for (const CellCosts& cell : cells) {
    events_.push_back(cell.*of_event);
    loads_.push_back(cell.load);
  }
}

ArrayCosts::ArrayCosts(const EventList& list, std::span<const CellCosts> cells) {
  for (std::int64_t event = 0; event < list.size(); ++event) {
    if (event > 0 && list.cell(event) == list.cell(event - 1)) {
      ++starts_.back();
      continue;
    }
    const CellCosts& cell = cells[static_cast<std::size_t>(list.cell(event))];
    events_.push_back(cell.listed);
    loads_.push_back(cell.load + cell.load_added);
    starts_.push_back(event + 1);
  }
  const std::int64_t runs = std::ssize(loads_);
  if (runs <= std::ssize(cells)) return;
  for (std::int64_t& load : loads_)
    load = static_cast<std::int64_t>(static_cast<double>(load) * static_cast<double>(cells.size()) /
                                     static_cast<double>(runs));
}

/// The groups of events cut to these ranges, which are put next to each other.
ArrayCosts ArrayCosts::within(const std::vector<EventRange>& ranges) const {
  ArrayCosts cut;
  for (const EventRange& range : ranges) {
    auto group = static_cast<std::size_t>(cell_of_event(starts_, range.first));
    for (std::int64_t at = range.first; at < range.last; ++group) {
      const std::int64_t end = std::min(range.last, starts_[group + 1]);
      if (end > at) {
        cut.starts_.push_back(cut.starts_.back() + end - at);
        cut.events_.push_back(events_[group]);
        cut.loads_.push_back(loads_[group]);
      }
      at = end;
    }
  }
  return cut;
}

namespace {

/// Numbers of events among those of ranges that are put next to each other.
class Joined {
 public:
  explicit Joined(const ArrayWork& work) : work_(work) {
    for (const EventRange& range : work.ranges) before_.push_back(before_.back() + range.size());
  }

  /// The bound between blocks that is nearest.
  std::int64_t at_block(std::int64_t number) const {
    const auto after = std::upper_bound(before_.begin(), before_.end(), number);
    if (after == before_.end()) return before_.back();
    const auto at = static_cast<std::size_t>(after - before_.begin()) - 1;
    const EventRange& range = work_.ranges[at];
    const std::int64_t event = range.first + number - before_[at];
    const std::int64_t bound = (event + work_.block / 2) / work_.block * work_.block;
    return before_[at] + std::clamp(bound, range.first, range.last) - range.first;
  }

  std::vector<EventRange> ranges(EventRange numbers) const {
    std::vector<EventRange> parts;
    for (std::size_t at = 0; at < work_.ranges.size(); ++at) {
      const std::int64_t first = std::max(numbers.first, before_[at]);
      const std::int64_t last = std::min(numbers.last, before_[at + 1]);
      const std::int64_t shift = work_.ranges[at].first - before_[at];
      if (first < last) parts.push_back({first + shift, last + shift});
    }
    return parts;
  }

 private:
  const ArrayWork& work_;
  std::vector<std::int64_t> before_{0};
};

/// Where shards begin and end among the numbers, each at a bound between blocks.
std::vector<std::int64_t> block_bounds(const EventCosts& costs, const Joined& joined,
                                       std::span<const std::int64_t> before) {
  std::vector<std::int64_t> bounds = balanced_shards(costs, std::ssize(before), before);
  for (std::int64_t& bound : bounds) bound = joined.at_block(bound);
  return bounds;
}

}  // namespace

ShardWork ArrayCosts::share(const ArrayWork& work, std::int64_t shard,
                            std::span<const std::int64_t> before) const {
  if (work.ranges.empty()) return {};
  const ArrayCosts costs = within(work.ranges);
  const Joined joined(work);
  const auto bounds = block_bounds(costs.view(), joined, before);
  const EventRange own{bounds[static_cast<std::size_t>(shard)], bounds[static_cast<std::size_t>(shard) + 1]};
  return {joined.ranges(own), shard_costs(costs.view(), std::array{own.first, own.last}).front()};
}

std::vector<std::int64_t> ArrayCosts::of_shares(const ArrayWork& work,
                                                std::span<const std::int64_t> before) const {
  if (work.ranges.empty()) return std::vector<std::int64_t>(before.size(), 0);
  const ArrayCosts costs = within(work.ranges);
  return shard_costs(costs.view(), block_bounds(costs.view(), Joined(work), before));
}

namespace {

bool selects_by_interaction(const ScreenPlan& plan) {
  return plan.keeping.form == PairKeeping::Form::selected && plan.keeping.by.is_interaction;
}

/// Whoever selects pairs of a cell by their interaction scores the cell's single knockouts first.
std::vector<CellCosts> with_singles(const ScreenPlan& plan, std::span<const CellCosts> cells) {
  std::vector<CellCosts> costs(cells.begin(), cells.end());
  for (std::int64_t cell = 0; cell < std::ssize(costs); ++cell) {
    CellCosts& of_cell = costs[static_cast<std::size_t>(cell)];
    of_cell.load += of_cell.single * plan.targets.count(cell);
  }
  return costs;
}

}  // namespace

ArrayCosts costs_of_array(const ScreenPlan& plan, const PairIndex& pairs, std::span<const CellCosts> cells,
                          ScoreArray array) {
  switch (array) {
    case ScoreArray::singles:
      return {plan.targets.starts(), cells, &CellCosts::single};
    case ScoreArray::pairs:
      if (selects_by_interaction(plan)) return {pairs.starts(), with_singles(plan, cells), &CellCosts::pair};
      return {pairs.starts(), cells, &CellCosts::pair};
    case ScoreArray::list:
      break;
  }
  return {*plan.list, cells};
}

void add_shares(const ArrayCosts& costs, const ArrayWork& work, std::vector<std::int64_t>& before) {
  const std::vector<std::int64_t> of_shares = costs.of_shares(work, before);
  for (std::size_t shard = 0; shard < before.size(); ++shard) before[shard] += of_shares[shard];
}

}  // namespace dko
