#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// A list of knockouts, or of genes that are switched on, or both at once, of the same number of genes each
/// ("order"), in any sequence. Read-only; copies share the arrays.
class EventList {
 public:
  EventList() = default;
  /// `genes` holds `order` gene numbers an event, `cells` one cell number.
  /// `added`, where any gene is switched on, is 1 of those that are and 0 of those that are lost.
  EventList(std::int64_t order, NodeArray<std::int32_t> genes, NodeArray<std::int32_t> cells,
            NodeArray<std::int32_t> added = {})
      : order_(order), genes_(std::move(genes)), cells_(std::move(cells)), added_(std::move(added)) {}

  std::int64_t order() const { return order_; }
  std::int64_t size() const { return cells_.size(); }
  std::int32_t cell(std::int64_t event) const { return cells_[event]; }
  std::span<const std::int32_t> genes(std::int64_t event) const {
    return genes_.view().subspan(static_cast<std::size_t>(event * order_), static_cast<std::size_t>(order_));
  }
  /// Whether genes of any event are switched on; which of an event: 1, or 0; empty if there are none.
  bool has_added() const { return added_.size() > 0; }
  std::span<const std::int32_t> added(std::int64_t event) const {
    if (!has_added()) return {};
    return added_.view().subspan(static_cast<std::size_t>(event * order_), static_cast<std::size_t>(order_));
  }
  std::span<const std::int32_t> all_added() const { return added_.view(); }
  /// Those that are switched on anywhere, ascending.
  std::vector<std::int32_t> genes_added() const;
  std::span<const std::int32_t> all_genes() const { return genes_.view(); }
  std::span<const std::int32_t> all_cells() const { return cells_.view(); }

  /// The list, held once per node. Collective.
  static EventList replicate(const NodeGroup& group, AtRoot<EventList> list);

 private:
  std::int64_t order_ = 0;
  NodeArray<std::int32_t> genes_;
  NodeArray<std::int32_t> cells_;
  NodeArray<std::int32_t> added_;
};

/// What tells a knockout from all others: its genes, ascending, then its cell.
using EventKey = std::vector<std::int32_t>;
EventKey event_key(std::span<const std::int32_t> genes, std::int64_t cell);

/// `count` distinct double knockouts, uniformly from all of `index`, in the order of their numbers. Depends
/// on the seed alone. Local. @throws InputError if there are fewer.
EventList sample_pairs(const KnockoutTargets& targets, const PairIndex& index, std::int64_t count,
                       std::uint64_t seed);

}  // namespace dko
