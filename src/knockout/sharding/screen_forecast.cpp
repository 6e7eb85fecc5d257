#include "dko/knockout/sharding/screen_forecast.hpp"

#include <algorithm>
#include <numeric>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "screen_costs.hpp"

namespace dko {

namespace {

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
/// whether to stop: all singles, of lists one event, of pairs a piece.
std::int64_t longest_block(const ScreenPlan& plan, const PairIndex& pairs, std::span<const CellCosts> cells) {
  std::int64_t longest = 0;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const CellCosts& cost = cells[cell];
    std::int64_t scoring =
        plan.singles.any() ? cost.single * plan.targets.count(static_cast<std::int64_t>(cell)) : 0;
    const std::int64_t all = pairs.starts()[cell + 1] - pairs.starts()[cell];
    if (plan.doubles.any()) {
      const std::int64_t piece = std::min(all, static_cast<std::int64_t>(scores_per_write));
      scoring = std::max(scoring, std::min(cost_of_piece / plan.members, cost.pair * piece));
    }
    const std::int64_t listed = plan.list ? cost.load_added + cost.listed : 0;
    longest = std::max(longest, cost.load + std::max(scoring, listed));
  }
  return longest;
}

}  // namespace

ScreenForecast forecast_screen(const ScreenPlan& plan, const ExpressionMatrix& matrix,
                               std::span<const CellCosts> of_knockouts, std::int64_t ranks) {
  const std::vector<CellCosts> cells =
      costs_of_plan(plan, matrix, {of_knockouts.begin(), of_knockouts.end()});
  const PairIndex pairs(matrix, plan.targets);
  const PendingEvents work = whole_work(plan, matrix, ranks);
  std::vector<std::int64_t> costs(static_cast<std::size_t>(ranks), 0);
  ScreenForecast forecast;
  double events = 0;
  for (const ScoreArray array : every_array) {
    if (work[array].ranges.empty()) continue;
    add_shares(costs_of_array(plan, pairs, cells, array), work[array], costs);
    if (array == ScoreArray::pairs && !plan.stores_all_pairs()) continue;
    forecast.blocks += (work[array].events() + work[array].block - 1) / work[array].block;
  }
  if (!work.singles.ranges.empty())
    events += cost_of_events(plan.targets.starts(), cells, &CellCosts::single);
  if (plan.doubles.any()) events += cost_of_events(pairs.starts(), cells, &CellCosts::pair);
  if (!work.list.ranges.empty()) events += cost_of_list(plan.list, cells);
  double slowest = static_cast<double>(*std::ranges::max_element(costs));
  std::int64_t longest = longest_block(plan, pairs, cells);
  if (plan.stores_summary()) {
    const PairSumsForecast sums = forecast_pair_sums(plan, matrix, cells, costs);
    for (std::size_t rank = 0; rank < costs.size(); ++rank) costs[rank] += sums.of_ranks[rank];
    slowest = static_cast<double>(sums.slowest);
    longest = std::max(longest, sums.longest);
    events += sums.of_sums;
    forecast.blocks += sums.genes;
    forecast.bytes_sent = sums.bytes_sent;
  }
  const double unit = seconds_of_cost * static_cast<double>(plan.members);
  const double total = std::accumulate(costs.begin(), costs.end(), 0.0);
  forecast.core_seconds = unit * total;
  forecast.load_seconds = unit * std::max(0.0, total - events);
  forecast.slowest_seconds = unit * slowest;
  forecast.above_mean = total > 0 ? slowest * static_cast<double>(ranks) / total - 1 : 0;
  forecast.longest_block = unit * static_cast<double>(longest);
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
