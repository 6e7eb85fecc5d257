#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/events/targets.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// The k genes of the pairs of a screen, numbered by place, and how work on all pairs is divided by their
/// first genes.
class PairGenes {
 public:
  /// `pair_starts` as in PairIndex; `cost` of one pair, by cell. The ranks go through the cells together, and
  /// all get the same. Collective; local by default.
  PairGenes(const KnockoutTargets& targets, std::span<const std::int64_t> pair_starts, std::int64_t all_genes,
            const std::function<std::int64_t(std::int64_t cell)>& cost,
            const Communicator& ranks = Communicator::one_rank());

  /// Gene numbers, ascending.
  const std::vector<std::int32_t>& genes() const { return genes_; }
  std::int64_t count() const { return std::ssize(genes_); }
  /// Pairs of these genes, also those that no cell has.
  std::int64_t all_pairs() const { return count() * (count() - 1) / 2; }
  /// Pairs that have a cell are at most as many.
  std::int64_t most_pairs() const { return std::min(events_, all_pairs()); }
  /// The most targets of any cell that has pairs.
  std::int64_t most_targets() const { return most_targets_; }
  /// Cost of all pairs whose first gene is one of a range of places.
  std::int64_t cost(EventRange firsts) const {
    return before_[static_cast<std::size_t>(firsts.last)] - before_[static_cast<std::size_t>(firsts.first)];
  }
  /// The gene at a place, the place of a gene of these, and the number of cells that have it in pairs.
  std::int32_t gene(std::int64_t place) const { return genes_[static_cast<std::size_t>(place)]; }
  std::int32_t place(std::int32_t gene) const { return place_[static_cast<std::size_t>(gene)]; }
  std::int64_t cells(std::int64_t place) const { return cells_[static_cast<std::size_t>(place)]; }
  /// Where genes (ascending, of a cell that has pairs) are among these.
  void places_of(std::span<const std::int32_t> genes, std::vector<std::int32_t>& places) const;

  /// The first genes of one of several shards, which cost about the same.
  EventRange share(std::int64_t shard, std::int64_t shards) const;
  /// The end of the first genes from `from` on, before `last`, whose pairs fit into `bytes`; one at least.
  std::int64_t end_of_block(std::int64_t from, std::int64_t last, double bytes_of_pair, double bytes) const;

 private:
  std::vector<std::int32_t> genes_;
  std::vector<std::int32_t> place_;   // of every gene among them; −1 of others
  std::vector<std::int64_t> cells_;   // of each place
  std::vector<std::int64_t> before_;  // k+1: cost of the pairs whose first gene is before each
  std::int64_t events_ = 0;
  std::int64_t most_targets_ = 0;
};

/// Whether a cell has pairs at all.
inline bool has_pairs(std::span<const std::int64_t> pair_starts, std::int64_t cell) {
  const auto at = static_cast<std::size_t>(cell);
  return pair_starts[at + 1] > pair_starts[at];
}

/// The rows of a cell whose first genes are at places [firsts.first, firsts.last), given the places of all
/// its targets; the last target is the first of no pair.
EventRange rows_of(std::span<const std::int32_t> places, EventRange firsts);

/// The end of the rows from `row` on, before `end`, of a cell of m targets that have at most as many pairs;
/// one row at least.
std::int64_t end_of_rows(std::int64_t m, std::int64_t row, std::int64_t end, std::int64_t pairs);

}  // namespace dko
