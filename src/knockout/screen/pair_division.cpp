#include "dko/knockout/screen/pair_division.hpp"

#include <limits>

#include "dko/knockout/sharding/shards.hpp"

namespace dko {

namespace {

// Costs of one measure, and of a pair without any, in units of CellCosts.
constexpr SumsCosts of_measure{30, 100};
constexpr SumsCosts of_pair_alone{10, 100};

constexpr std::int64_t groups_of_row = 64;  // of second genes, within which pairs are taken as alike

/// Cells that have the pairs, of groups of seconds.
struct Groups {
  std::vector<std::int64_t> starts{0};
  std::vector<std::int64_t> costs;  // of a pair
};

/// The cells of a first gene, which `before` counts cumulatively by place, are taken to have each of its
/// seconds as often as all cells have.
void add_row(const PairGenes& genes, std::span<const double> before, std::int64_t first,
             const SumsCosts& costs, Groups& groups) {
  const std::int64_t k = genes.count();
  const std::int64_t width = (k + groups_of_row - 1) / groups_of_row;
  const auto cells_until = [&](std::int64_t place) { return before[static_cast<std::size_t>(place)]; };
  const double of_seconds = cells_until(k) - cells_until(first + 1);
  const auto of_row = static_cast<double>(genes.cost({first, first + 1}));
  for (std::int64_t second = first + 1; second < k;) {
    const std::int64_t end = std::min(k, (second / width + 1) * width);
    const double cells = of_row * (cells_until(end) - cells_until(second)) / std::max(1.0, of_seconds);
    const double of_pair = cells / static_cast<double>(end - second);
    groups.starts.push_back(groups.starts.back() + end - second);
    groups.costs.push_back(costs.finishing +
                           static_cast<std::int64_t>(of_pair * static_cast<double>(costs.adding)));
    second = end;
  }
}

Groups groups_of(const PairGenes& genes, EventRange firsts, const SumsCosts& costs) {
  std::vector<double> before{0};
  for (std::int64_t place = 0; place < genes.count(); ++place)
    before.push_back(before.back() + static_cast<double>(genes.cells(place)));
  Groups groups;
  for (std::int64_t first = firsts.first; first < firsts.last; ++first)
    add_row(genes, before, first, costs, groups);
  return groups;
}

}  // namespace

SumsCosts sums_costs(std::int64_t measures) {
  return {of_pair_alone.adding + measures * of_measure.adding,
          of_pair_alone.finishing + measures * of_measure.finishing};
}

PairDivision::PairDivision(const PairGenes& genes, EventRange firsts, std::int64_t ranks,
                           const SumsCosts& of_pair)
    : firsts_(firsts), of_pair_(of_pair) {
  const Groups groups = groups_of(genes, firsts, of_pair_);
  bounds_ = balanced_shards({groups.starts, groups.costs}, ranks);
  const std::int64_t start = PairIndex::row_start(genes.count(), firsts.first);
  for (std::int64_t& bound : bounds_) bound += start;
}

std::int64_t PairDivision::largest() const {
  std::int64_t most = 0;
  for (std::size_t at = 1; at < bounds_.size(); ++at) most = std::max(most, bounds_[at] - bounds_[at - 1]);
  return most;
}

std::vector<std::int64_t> PairDivision::costs(const PairGenes& genes) const {
  const Groups groups = groups_of(genes, firsts_, of_pair_);
  std::vector<std::int64_t> bounds = bounds_;
  for (std::int64_t& bound : bounds) bound -= pairs().first;
  return shard_costs({groups.starts, groups.costs}, bounds);
}

PairsInCells::PairsInCells(const PairGenes& genes, EventRange pairs)
    : bounds_{bound_of(genes, pairs.first), bound_of(genes, pairs.last)} {}

/// Beyond all genes for the end of all pairs.
PairsInCells::Bound PairsInCells::bound_of(const PairGenes& genes, std::int64_t pair) {
  constexpr std::int32_t none = std::numeric_limits<std::int32_t>::max();
  if (pair >= genes.all_pairs()) return {none, none};
  const TargetPair places = PairIndex::pair_of(genes.count(), pair);
  return {genes.gene(places.first), genes.gene(places.second)};
}

/// Pairs of the cell before the bound.
std::int64_t PairsInCells::before(const Bound& bound, std::span<const std::int32_t> targets) {
  const auto row = std::lower_bound(targets.begin(), targets.end(), bound.first);
  const std::int64_t before = PairIndex::row_start(std::ssize(targets), row - targets.begin());
  if (row == targets.end() || *row != bound.first) return before;
  return before + (std::lower_bound(row + 1, targets.end(), bound.second) - (row + 1));
}

}  // namespace dko
