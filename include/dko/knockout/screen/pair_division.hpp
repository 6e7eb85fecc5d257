#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_genes.hpp"

namespace dko {

/// What a pair of a summary costs beside being scored, in units of CellCosts.
struct SumsCosts {
  std::int64_t adding = 0;     ///< up, in any of its cells
  std::int64_t finishing = 0;  ///< once its sums are complete
};
/// Costs where so many measures are kept (summed_measures).
SumsCosts sums_costs(std::int64_t measures);

/// How ranks divide the pairs of a block of first genes, all of whose pairs are numbered row by row: each
/// rank adds up consecutive ones, which cost about the same: by the cells that have the first gene, how often
/// those express the second, and what a pair takes once its sums are complete. A row may be divided, too.
class PairDivision {
 public:
  PairDivision() = default;
  /// `genes` at cost 1 a pair. The same operations on every rank, which runs the same program: each finds the
  /// same. Local.
  PairDivision(const PairGenes& genes, EventRange firsts, std::int64_t ranks, const SumsCosts& of_pair);

  /// Places of the block's first genes, and all its pairs.
  EventRange firsts() const { return firsts_; }
  EventRange pairs() const { return {bounds_.front(), bounds_.back()}; }

  EventRange of(std::int64_t rank) const {
    return {bounds_[static_cast<std::size_t>(rank)], bounds_[static_cast<std::size_t>(rank) + 1]};
  }
  /// The rank that has a pair of the block.
  std::int64_t rank_of(std::int64_t pair) const {
    return std::upper_bound(bounds_.begin(), bounds_.end(), pair) - bounds_.begin() - 1;
  }
  /// The most pairs of a rank.
  std::int64_t largest() const;

  /// What each rank's pairs are expected to cost, in units of CellCosts: of adding up and of finishing.
  /// Local.
  std::vector<std::int64_t> costs(const PairGenes& genes) const;

  /// Calls visit(rank, part) for the parts of a cell's pairs `within` that each rank has, in order; `within`
  /// are numbered as in PairIndex, and of the block; `targets` are all of the cell's. O(their rows + parts)
  template <class Visit>
  void for_each_part(const PairGenes& genes, std::span<const std::int32_t> targets, EventRange within,
                     Visit visit) const;

 private:
  EventRange firsts_;
  SumsCosts of_pair_;
  std::vector<std::int64_t> bounds_{0, 0};  // pairs; one more than there are ranks
};

/// Where in cells a range of all pairs begins and ends.
class PairsInCells {
 public:
  PairsInCells() = default;
  PairsInCells(const PairGenes& genes, EventRange pairs);

  /// Which of the pairs of a cell of these targets, numbered as in PairIndex, are of the range. O(log m)
  EventRange within(std::span<const std::int32_t> targets) const {
    return {before(bounds_[0], targets), before(bounds_[1], targets)};
  }

 private:
  /// The genes of a pair.
  struct Bound {
    std::int32_t first = 0;
    std::int32_t second = 0;
  };
  static Bound bound_of(const PairGenes& genes, std::int64_t pair);
  static std::int64_t before(const Bound& bound, std::span<const std::int32_t> targets);

  std::array<Bound, 2> bounds_{};
};

template <class Visit>
void PairDivision::for_each_part(const PairGenes& genes, std::span<const std::int32_t> targets,
                                 EventRange within, Visit visit) const {
  if (bounds_.size() == 2) return visit(std::int64_t{0}, within);
  const std::int64_t k = genes.count();
  std::int64_t rank = -1;
  EventRange part{within.first, within.first};
  const auto target = [&](std::int64_t at) { return targets[static_cast<std::size_t>(at)]; };
  PairIndex::for_each_row(
      std::ssize(targets), within, [&](std::int64_t row, EventRange seconds, std::int64_t) {
        const std::int64_t first = genes.place(target(row));
        const std::int64_t start = PairIndex::row_start(k, first) - first - 1;  // (a, b) is number start + b
        while (seconds.size() > 0) {
          const std::int64_t pair = start + genes.place(target(seconds.first));
          if (rank < 0 || pair >= of(rank).last) {
            if (part.size() > 0) visit(rank, part);
            part.first = part.last;
            rank = rank_of(pair);
          }
          const std::int64_t end = of(rank).last - start;
          std::int64_t last = seconds.last;
          if (genes.place(target(last - 1)) >= end) {
            const auto from = targets.begin() + seconds.first;
            last = std::lower_bound(from, targets.begin() + last, genes.gene(end)) - targets.begin();
          }
          part.last += last - seconds.first;
          seconds.first = last;
        }
      });
  if (part.size() > 0) visit(rank, part);
}

}  // namespace dko
