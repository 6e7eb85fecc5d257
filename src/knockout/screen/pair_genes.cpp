#include "dko/knockout/screen/pair_genes.hpp"

namespace dko {

PairGenes::PairGenes(const KnockoutTargets& targets, std::span<const std::int64_t> pair_starts,
                     std::int64_t all_genes, const std::function<std::int64_t(std::int64_t cell)>& cost,
                     const Communicator& ranks) {
  std::vector<std::int64_t> costs(static_cast<std::size_t>(all_genes), 0);
  std::vector<std::int64_t> cells(static_cast<std::size_t>(all_genes), 0);
  const RankShare own = ranks.share_of(targets.cells());
  for (std::int64_t cell = own.first; cell < own.last; ++cell) {
    if (!has_pairs(pair_starts, cell)) continue;
    const auto of_cell = targets.of(cell);
    const std::int64_t cost_of_pair = cost(cell);
    most_targets_ = std::max(most_targets_, std::ssize(of_cell));
    std::int64_t after = std::ssize(of_cell);
    for (const std::int32_t gene : of_cell) {
      costs[static_cast<std::size_t>(gene)] += --after * cost_of_pair;
      ++cells[static_cast<std::size_t>(gene)];
      events_ += after;
    }
  }
  ranks.sum(std::span(costs));
  ranks.sum(std::span(cells));
  events_ = ranks.sum(events_);
  most_targets_ = ranks.max(most_targets_);
  before_.push_back(0);
  for (std::size_t gene = 0; gene < cells.size(); ++gene) {
    place_.push_back(cells[gene] > 0 ? static_cast<std::int32_t>(count()) : -1);
    if (cells[gene] == 0) continue;
    genes_.push_back(static_cast<std::int32_t>(gene));
    cells_.push_back(cells[gene]);
    before_.push_back(before_.back() + costs[gene]);
  }
}

void PairGenes::places_of(std::span<const std::int32_t> genes, std::vector<std::int32_t>& places) const {
  places.clear();
  for (const std::int32_t gene : genes) places.push_back(place_[static_cast<std::size_t>(gene)]);
}

EventRange PairGenes::share(std::int64_t shard, std::int64_t shards) const {
  const std::int64_t total = cost({0, count()});
  const auto bound = [&](std::int64_t at) {
    if (at == 0) return std::int64_t{0};
    if (at == shards) return count();
    // total·at/shards without leaving 64 bits.
    const std::int64_t goal = total / shards * at + total % shards * at / shards;
    return std::min<std::int64_t>(std::lower_bound(before_.begin(), before_.end(), goal) - before_.begin(),
                                  count());
  };
  const EventRange own{bound(shard), bound(shard + 1)};
  return own.size() > 0 ? own : EventRange();
}

std::int64_t PairGenes::end_of_block(std::int64_t from, std::int64_t last, double bytes_of_pair,
                                     double bytes) const {
  std::int64_t to = from;
  double held = 0;
  do {
    held += static_cast<double>(count() - 1 - to) * bytes_of_pair;
    ++to;
  } while (to < last && held + static_cast<double>(count() - 1 - to) * bytes_of_pair <= bytes);
  return to;
}

EventRange rows_of(std::span<const std::int32_t> places, EventRange firsts) {
  const auto row_of = [&](std::int64_t place) {
    return std::min(std::lower_bound(places.begin(), places.end(), place) - places.begin(),
                    std::max<std::ptrdiff_t>(0, std::ssize(places) - 1));
  };
  return {row_of(firsts.first), row_of(firsts.last)};
}

std::int64_t end_of_rows(std::int64_t m, std::int64_t row, std::int64_t end, std::int64_t pairs) {
  std::int64_t to = row + 1;
  while (to < end && PairIndex::row_start(m, to + 1) - PairIndex::row_start(m, row) <= pairs) ++to;
  return to;
}

}  // namespace dko
