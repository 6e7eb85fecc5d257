#include "screen_costs.hpp"

#include <algorithm>
#include <array>

namespace dko {

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
    loads_.push_back(cell.load);
    starts_.push_back(event + 1);
  }
  const std::int64_t runs = std::ssize(loads_);
  if (runs <= std::ssize(cells)) return;
  for (std::int64_t& load : loads_)
    load = static_cast<std::int64_t>(static_cast<double>(load) * static_cast<double>(cells.size()) /
                                     static_cast<double>(runs));
}

EventRange ArrayCosts::shard(std::int64_t shard, std::int64_t shards) const {
  const auto bounds = balanced_shards(view(), shards);
  return {bounds[static_cast<std::size_t>(shard)], bounds[static_cast<std::size_t>(shard) + 1]};
}

std::int64_t ArrayCosts::cost(EventRange range) const {
  return shard_costs(view(), std::array{range.first, range.last}).front();
}

}  // namespace dko
