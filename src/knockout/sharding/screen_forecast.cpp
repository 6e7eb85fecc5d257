#include "dko/knockout/sharding/screen_forecast.hpp"

#include <algorithm>
#include <numeric>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "screen_costs.hpp"

namespace dko {

namespace {

/// Cost of each rank, over all arrays, loads included.
class RankCosts {
 public:
  explicit RankCosts(std::int64_t ranks) : of_ranks_(static_cast<std::size_t>(ranks), 0) {}

  void add(const std::vector<std::int64_t>& costs) {
    for (std::size_t rank = 0; rank < of_ranks_.size(); ++rank) of_ranks_[rank] += costs[rank];
  }
  double total() const { return std::accumulate(of_ranks_.begin(), of_ranks_.end(), 0.0); }
  double most() const { return static_cast<double>(*std::ranges::max_element(of_ranks_)); }

 private:
  std::vector<std::int64_t> of_ranks_;
};

/// Cost of all events of an array that come cell by cell, without loads.
double cost_of_events(std::span<const std::int64_t> starts, std::span<const CellCosts> cells,
                      std::int64_t CellCosts::*of_event) {
  double cost = 0;
  for (std::size_t cell = 0; cell < cells.size(); ++cell)
    cost += static_cast<double>(starts[cell + 1] - starts[cell]) * static_cast<double>(cells[cell].*of_event);
  return cost;
}

double cost_of_list(const std::optional<EventList>& list, std::span<const CellCosts> cells) {
  double cost = 0;
  for (std::int64_t event = 0; list && event < list->size(); ++event)
    cost += static_cast<double>(cells[static_cast<std::size_t>(list->cell(event))].listed);
  return cost;
}

/// Cost of the costliest cell, for so many members: loading it, and what is scored of it before a rank asks
/// whether to stop; of singles and lists one event, of pairs a piece, of a summary all that may be in a
/// rank's share.
std::int64_t longest_block(const ScreenPlan& plan, const PairIndex& pairs, std::span<const CellCosts> cells,
                           std::int64_t most_firsts) {
  std::int64_t longest = 0;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const CellCosts& cost = cells[cell];
    std::int64_t scoring = plan.singles.any() ? cost.single : 0;
    if (plan.list) scoring = std::max(scoring, cost.listed);
    const std::int64_t all = pairs.starts()[cell + 1] - pairs.starts()[cell];
    if (plan.stores_summary()) {
      const std::int64_t targets = plan.targets.count(static_cast<std::int64_t>(cell));
      scoring = std::max(scoring, (cost.pair + cost_of_adding) * std::min(all, most_firsts * targets));
    } else if (plan.doubles.any()) {
      const std::int64_t piece = std::min(all, static_cast<std::int64_t>(scores_per_write));
      scoring = std::max(scoring, std::min(cost_of_piece / plan.members, cost.pair * piece));
    }
    longest = std::max(longest, cost.load + scoring);
  }
  return longest;
}

/// First genes of the largest share of a summary.
std::int64_t most_firsts_of(const PairGenes& genes, std::int64_t ranks) {
  std::int64_t most = 0;
  for (std::int64_t rank = 0; rank < ranks; ++rank) most = std::max(most, genes.share(rank, ranks).size());
  return most;
}

}  // namespace

ScreenForecast forecast_screen(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                               std::span<const CellCosts> of_knockouts, std::int64_t ranks) {
  const std::vector<CellCosts> cells =
      costs_of_plan(plan, matrix, {of_knockouts.begin(), of_knockouts.end()});
  const PairIndex pairs(matrix, plan.targets);
  const PendingEvents work = whole_work(plan, matrix, ranks);
  RankCosts costs(ranks);
  ScreenForecast forecast;
  double events = 0;
  std::int64_t most_firsts = 0;
  const auto add = [&](ScoreArray array, const ArrayCosts& of_array) {
    costs.add(of_array.of_shares(work[array], ranks));
    if (array == ScoreArray::pairs && !plan.stores_all_pairs()) return;
    forecast.blocks += (work[array].events() + work[array].block - 1) / work[array].block;
  };
  if (!work.singles.ranges.empty()) {
    add(ScoreArray::singles, {plan.targets.starts(), cells, &CellCosts::single});
    events += cost_of_events(plan.targets.starts(), cells, &CellCosts::single);
  }
  if (!work.pairs.ranges.empty()) add(ScoreArray::pairs, {pairs.starts(), cells, &CellCosts::pair});
  if (plan.doubles.any()) events += cost_of_events(pairs.starts(), cells, &CellCosts::pair);
  if (!work.list.ranges.empty()) {
    add(ScoreArray::list, {*plan.list, cells});
    events += cost_of_list(plan.list, cells);
  }
  if (plan.stores_summary()) {
    costs.add(pair_sums_costs(plan, matrix, cells, ranks));
    events += static_cast<double>(cost_of_adding) * static_cast<double>(pairs.total());
    const PairGenes genes = pair_genes(plan, matrix);
    forecast.blocks += genes.count();
    most_firsts = most_firsts_of(genes, ranks);
  }
  const double unit = seconds_of_cost * static_cast<double>(plan.members);
  const double total = costs.total();
  forecast.core_seconds = unit * total;
  forecast.load_seconds = unit * std::max(0.0, total - events);
  forecast.slowest_seconds = unit * costs.most();
  forecast.above_mean = total > 0 ? costs.most() * static_cast<double>(ranks) / total - 1 : 0;
  forecast.longest_block = unit * static_cast<double>(longest_block(plan, pairs, cells, most_firsts));
  return forecast;
}

std::vector<CellCosts> dense_costs_of(const ExpressionMatrix& matrix) {
  std::vector<CellCosts> costs;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
    costs.push_back(cell_costs(dense_costs, dense_work(matrix.expressed_count(cell))));
  return costs;
}

std::vector<CellCosts> sparse_costs_of(const ExpressionMatrix& matrix, double effects_of_gene) {
  const auto genes = static_cast<double>(matrix.genes());
  std::vector<CellCosts> costs;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto n = static_cast<double>(matrix.expressed_count(cell));
    costs.push_back(cell_costs(sparse_costs, {2 * effects_of_gene * n / genes, effects_of_gene * n + genes}));
  }
  return costs;
}

}  // namespace dko
