// What a screen is forecast to cost, against plain loops and against what screens themselves count.
#include "dko/knockout/sharding/screen_forecast.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace {

constexpr std::int64_t genes = 40;

RelativeProfiles some_cells() {
  return testing::random_matrix(30, genes, 0.5, 17).relative_profiles();
}

double seconds(std::int64_t cost, const ScreenPlan& plan) {
  return static_cast<double>(cost * plan.members) * 1e-10;
}

/// Each cell is loaded once for its singles, once for its pairs, and once for each run of its listed events.
std::int64_t cost_alone(const ScreenPlan& plan, const RelativeProfiles& matrix,
                        const std::vector<CellCosts>& costs) {
  std::int64_t total = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const CellCosts& of_cell = costs[static_cast<std::size_t>(cell)];
    const std::int64_t n = matrix.expressed_count(cell);
    if (n > 1) total += of_cell.load + n * of_cell.single;
    if (n > 2) total += of_cell.load + n * (n - 1) / 2 * of_cell.pair;
  }
  for (std::int64_t event = 0; plan.list && event < plan.list->size(); ++event) {
    const CellCosts& of_cell = costs[static_cast<std::size_t>(plan.list->cell(event))];
    total += of_cell.listed;
    if (event == 0 || plan.list->cell(event) != plan.list->cell(event - 1)) total += of_cell.load;
  }
  return total;
}

}  // namespace

TEST_CASE("on one rank a forecast is the sum over all events and loads") {
  const RelativeProfiles matrix = some_cells();
  for (const std::int64_t members : {1, 3}) {
    const ScreenPlan plan = testing::full_plan(matrix, members);
    const std::vector<CellCosts> costs = dense_costs_of(matrix);
    const ScreenForecast forecast = forecast_screen(plan, matrix, costs, 1);
    const std::int64_t total = cost_alone(plan, matrix, costs);
    CHECK(forecast.core_seconds == Approx(seconds(total, plan)));
    CHECK(forecast.slowest_seconds == Approx(seconds(total, plan)));
    CHECK(forecast.above_mean == Approx(0).margin(1e-12));
    std::int64_t loads = 0;
    for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
      loads += 2 * costs[static_cast<std::size_t>(cell)].load;
    for (std::int64_t event = 0; event < plan.list->size(); ++event) {
      if (event == 0 || plan.list->cell(event) != plan.list->cell(event - 1))
        loads += costs[static_cast<std::size_t>(plan.list->cell(event))].load;
    }
    CHECK(forecast.load_seconds == Approx(seconds(loads, plan)));
  }
}

TEST_CASE("on several ranks a forecast is what the shards of a screen count") {
  const RelativeProfiles matrix = some_cells();
  const ScreenPlan plan = testing::full_plan(matrix);
  const auto mappings = testing::collapsed(testing::random_members(1, {genes, genes}, 3));
  for (const std::int64_t ranks : {2, 5}) {
    std::vector<std::int64_t> counted;
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      testing::MemorySink sink;
      std::int64_t total = 0;
      screen_shard(plan, matrix, mappings, rank, ranks, sink,
                   {[&](std::int64_t, std::int64_t all) { total = all; }});
      counted.push_back(total);
    }
    const std::int64_t most = *std::ranges::max_element(counted);
    std::int64_t sum = 0;
    for (const std::int64_t one : counted) sum += one;
    const ScreenForecast forecast = forecast_screen(plan, matrix, dense_costs_of(matrix), ranks);
    CHECK(forecast.slowest_seconds == Approx(seconds(most, plan)));
    CHECK(forecast.core_seconds == Approx(seconds(sum, plan)));
    CHECK(forecast.above_mean ==
          Approx(static_cast<double>(most * ranks) / static_cast<double>(sum) - 1).margin(1e-12));
    const PendingEvents work = whole_work(plan, matrix, ranks);
    std::int64_t blocks = 0;
    for (const ScoreArray array : every_array) {
      for (std::int64_t first = 0; first < work[array].events(); first += work[array].block) ++blocks;
    }
    CHECK(forecast.blocks == blocks);
  }
}

TEST_CASE("the longest block is a load and what is scored before a rank asks whether to stop") {
  const RelativeProfiles matrix = some_cells();
  ScreenPlan plan = testing::full_plan(matrix);
  plan.list.reset();
  std::vector<CellCosts> costs = dense_costs_of(matrix);
  const auto longest = [&](std::int64_t adding) {
    std::int64_t most = 0;
    for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
      const CellCosts& of_cell = costs[static_cast<std::size_t>(cell)];
      const std::int64_t n = matrix.expressed_count(cell);
      most = std::max(most, of_cell.load + n * (n - 1) / 2 * (of_cell.pair + adding));
    }
    return most;
  };
  for (const auto form : {PairKeeping::Form::all, PairKeeping::Form::summary}) {
    plan.keeping.form = form;
    plan.keeping.memory = 1 << 30;
    const std::int64_t adding = form == PairKeeping::Form::summary ? 130 : 0;
    CHECK(forecast_screen(plan, matrix, costs, 1).longest_block == Approx(seconds(longest(adding), plan)));
  }
  // Half a second at most, whatever a pair costs.
  plan.keeping.form = PairKeeping::Form::all;
  for (CellCosts& of_cell : costs) of_cell = {10'000'000'000, 1, 1, 0};
  CHECK(forecast_screen(plan, matrix, costs, 1).longest_block == Approx(0.5));
}

TEST_CASE("sums over cells load each cell once for each block of first genes, and cost what they count") {
  const RelativeProfiles matrix = some_cells();
  ScreenPlan plan = testing::full_plan(matrix);
  plan.list.reset();
  plan.keeping.form = PairKeeping::Form::summary;
  plan.keeping.memory = 1 << 30;
  const std::vector<CellCosts> costs = dense_costs_of(matrix);
  constexpr std::int64_t adding = 130;
  std::int64_t pairs = 0;
  std::int64_t loads = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const CellCosts& of_cell = costs[static_cast<std::size_t>(cell)];
    const std::int64_t n = matrix.expressed_count(cell);
    if (n > 2) pairs += n * (n - 1) / 2 * (of_cell.pair + adding);
    if (n > 2) loads += of_cell.load;
  }
  CHECK(pair_sums_costs(plan, matrix, costs, 1) == std::vector{pairs + loads});
  plan.singles = {};
  CHECK(forecast_screen(plan, matrix, costs, 1).core_seconds == Approx(seconds(pairs + loads, plan)));
  CHECK(forecast_screen(plan, matrix, costs, 1).load_seconds == Approx(seconds(loads, plan)));

  std::vector<CellCosts> without_loads = costs;
  for (CellCosts& of_cell : without_loads) of_cell.load = 0;
  std::int64_t sum = 0;
  for (const std::int64_t one : pair_sums_costs(plan, matrix, without_loads, 7)) sum += one;
  CHECK(sum == pairs);

  // With memory for one first gene at a time each is a block, and loads the cells in which it comes first.
  plan.keeping.memory = 1;
  std::int64_t of_genes = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const std::int64_t n = matrix.expressed_count(cell);
    if (n > 2) of_genes += (n - 1) * costs[static_cast<std::size_t>(cell)].load;
  }
  CHECK(pair_sums_costs(plan, matrix, costs, 1) == std::vector{pairs + of_genes});
}

TEST_CASE("a sparse mapping of as many effects a gene costs its non-zeros") {
  const RelativeProfiles matrix = testing::matrix_of({{1, 1, 1, 0}, {1, 0, 1, 1}}).relative_profiles();
  const CellCosts expected = cell_costs(sparse_costs, {2 * 8.0 * 3 / 4, 8.0 * 3 + 4});
  for (const CellCosts& cell : sparse_costs_of(matrix, 8)) {
    CHECK(cell.pair == expected.pair);
    CHECK(cell.single == expected.single);
    CHECK(cell.load == expected.load);
  }
}
