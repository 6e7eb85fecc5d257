#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// A list of knockouts of the same number of genes each ("order"), in any sequence. Read-only; copies share
/// the arrays.
class EventList {
 public:
  EventList() = default;
  /// `genes` holds `order` gene numbers an event, `cells` one cell number.
  EventList(std::int64_t order, NodeArray<std::int32_t> genes, NodeArray<std::int32_t> cells)
      : order_(order), genes_(std::move(genes)), cells_(std::move(cells)) {}

  std::int64_t order() const { return order_; }
  std::int64_t size() const { return cells_.size(); }
  std::int32_t cell(std::int64_t event) const { return cells_[event]; }
  std::span<const std::int32_t> genes(std::int64_t event) const {
    return genes_.view().subspan(static_cast<std::size_t>(event * order_), static_cast<std::size_t>(order_));
  }
  std::span<const std::int32_t> all_genes() const { return genes_.view(); }
  std::span<const std::int32_t> all_cells() const { return cells_.view(); }

  /// The list, held once per node. Collective.
  static EventList replicate(const NodeGroup& group, AtRoot<EventList> list);

 private:
  std::int64_t order_ = 0;
  NodeArray<std::int32_t> genes_;
  NodeArray<std::int32_t> cells_;
};

/// What tells a knockout from all others: its genes, ascending, then its cell.
using EventKey = std::vector<std::int32_t>;
EventKey event_key(std::span<const std::int32_t> genes, std::int64_t cell);

/// `count` distinct double knockouts, uniformly from all of `index`, in the order of their numbers. Depends
/// on the seed alone. Local. @throws InputError if there are fewer.
EventList sample_pairs(const KnockoutTargets& targets, const PairIndex& index, std::int64_t count,
                       std::uint64_t seed);

}  // namespace dko
