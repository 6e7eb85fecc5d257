#include "dko/knockout/events/event_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/base/random.hpp"
#include "dko/base/text.hpp"

namespace dko {

EventList EventList::replicate(const NodeGroup& group, AtRoot<EventList> list) {
  const std::int64_t order = group.all.broadcast(list.take(&EventList::order_));
  auto genes = share(group, list.take(&EventList::genes_));
  auto cells = share(group, list.take(&EventList::cells_));
  auto added = share(group, list.take(&EventList::added_));
  return {order, std::move(genes), std::move(cells), std::move(added)};
}

std::vector<std::int32_t> EventList::genes_added() const {
  std::vector<std::int32_t> genes;
  for (std::int64_t at = 0; at < added_.size(); ++at) {
    if (added_[at] != 0) genes.push_back(genes_[at]);
  }
  std::sort(genes.begin(), genes.end());
  genes.erase(std::unique(genes.begin(), genes.end()), genes.end());
  return genes;
}

EventKey event_key(std::span<const std::int32_t> genes, std::int64_t cell) {
  EventKey key(genes.begin(), genes.end());
  std::sort(key.begin(), key.end());
  key.push_back(static_cast<std::int32_t>(cell));
  return key;
}

EventList sample_pairs(const KnockoutTargets& targets, const PairIndex& index, std::int64_t count,
                       std::uint64_t seed) {
  if (count > index.total()) {
    throw InputError(fmt::format("a sample of {} was requested, but there are only {}",
                                 counted(count, "pair"), with_thousands(index.total())));
  }
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  for (const std::int64_t number : RandomStream(seed, "sampled pairs").distinct(count, index.total())) {
    const auto [cell, pair] = index.locate(number);
    const auto of_cell = targets.of(cell);
    genes.push_back(of_cell[static_cast<std::size_t>(pair.first)]);
    genes.push_back(of_cell[static_cast<std::size_t>(pair.second)]);
    cells.push_back(static_cast<std::int32_t>(cell));
  }
  return {2, NodeArray(std::move(genes)), NodeArray(std::move(cells))};
}

}  // namespace dko
