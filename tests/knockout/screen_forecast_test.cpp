// What a screen is forecast to cost, against plain loops and against what screens themselves count.
#include "dko/knockout/sharding/screen_forecast.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace screen_forecast_test {

constexpr std::int64_t genes = 40;

RelativeProfiles some_cells() {
  return testing::random_matrix(30, genes, 0.5, 17).relative_profiles();
}

SumsCosts of_pair_in(const ScreenPlan& plan) {
  return sums_costs(std::ssize(summed_measures(plan)));
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

TEST_CASE("where a list switches genes on, its cells load those that they lack, and shards count them") {
  const RelativeProfiles matrix = some_cells();
  // In all cells but the last: the gene of its number, lost or switched on, and gene 39 likewise.
  std::vector<std::int32_t> of_events;
  std::vector<std::int32_t> cells;
  std::vector<std::int32_t> added;
  std::vector<bool> is_added(genes, false);
  for (std::int32_t cell = 0; cell + 1 < matrix.cells(); ++cell) {
    for (const std::int32_t gene : {cell, 39}) {
      const bool switches_on = !matrix.expresses(cell, gene);
      cells.push_back(cell);
      of_events.push_back(gene);
      added.push_back(switches_on ? 1 : 0);
      if (switches_on) is_added[static_cast<std::size_t>(gene)] = true;
    }
  }
  const std::vector<CellCosts> costs = dense_costs_of(matrix);
  std::int64_t expected = 0;
  std::int64_t plain = 0;  // as if they weighed nothing
  std::int64_t longest = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const CellCosts& of_cell = costs[static_cast<std::size_t>(cell)];
    longest = std::max(longest, of_cell.load + of_cell.listed);
    if (cell + 1 == matrix.cells()) break;
    std::int64_t absent = 0;
    for (std::int32_t gene = 0; gene < genes; ++gene)
      absent += is_added[static_cast<std::size_t>(gene)] && !matrix.expresses(cell, gene) ? 1 : 0;
    const std::int64_t load = of_cell.load + of_cell.load / matrix.expressed_count(cell) * absent;
    plain += of_cell.load + 2 * of_cell.listed;
    expected += load + 2 * of_cell.listed;
    longest = std::max(longest, load + of_cell.listed);
  }
  ScreenPlan plan = testing::full_plan(matrix);
  plan.singles = plan.doubles = {};
  plan.list =
      EventList(1, NodeArray(std::move(of_events)), NodeArray(std::move(cells)), NodeArray(std::move(added)));
  const ScreenForecast alone = forecast_screen(plan, matrix, costs, 1);
  CHECK(alone.core_seconds == Approx(seconds(expected, plan)));
  CHECK(alone.longest_block == Approx(seconds(longest, plan)));
  CHECK(expected > plain + plain / 10);

  const auto mappings = testing::collapsed(testing::random_members(1, {genes, genes}, 3));
  for (const std::int64_t ranks : {1, 3}) {
    std::int64_t most = 0;
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      testing::MemorySink sink;
      std::int64_t total = 0;
      screen_shard(plan, matrix, mappings, rank, ranks, sink,
                   {[&](std::int64_t, std::int64_t all) { total = all; }});
      most = std::max(most, total);
    }
    CHECK(forecast_screen(plan, matrix, costs, ranks).slowest_seconds == Approx(seconds(most, plan)));
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
  std::int64_t longest = 0;
  std::int64_t pairs = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const CellCosts& of_cell = costs[static_cast<std::size_t>(cell)];
    const std::int64_t n = matrix.expressed_count(cell);
    longest = std::max(longest, of_cell.load + n * (n - 1) / 2 * of_cell.pair);
    pairs += n > 2 ? n * (n - 1) / 2 : 0;
  }
  CHECK(forecast_screen(plan, matrix, costs, 1).longest_block == Approx(seconds(longest, plan)));
  // Of a summary a round is added up without a look; this one has a single round.
  plan.keeping.form = PairKeeping::Form::summary;
  plan.keeping.memory = 1 << 30;
  const std::int64_t adding = of_pair_in(plan).adding * pairs;
  REQUIRE(adding > longest);
  CHECK(forecast_screen(plan, matrix, costs, 1).longest_block == Approx(seconds(adding, plan)).epsilon(2e-3));
  // Half a second at most, whatever a pair costs.
  plan.keeping.form = PairKeeping::Form::all;
  for (CellCosts& of_cell : costs) of_cell = {10'000'000'000, 1, 1, 0};
  CHECK(forecast_screen(plan, matrix, costs, 1).longest_block == Approx(0.5));
}

struct SummaryCosts {
  std::int64_t scoring = 0;
  std::int64_t sums = 0;  // adding up and finishing
  std::int64_t loads = 0;
  std::int64_t loads_by_row = 0;  // as if for each first gene apart
};

SummaryCosts summary_costs(const RelativeProfiles& matrix, const ScreenPlan& plan,
                           const std::vector<CellCosts>& costs) {
  SummaryCosts all;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const CellCosts& of_cell = costs[static_cast<std::size_t>(cell)];
    const std::int64_t n = matrix.expressed_count(cell);
    if (n <= 2) continue;
    all.scoring += n * (n - 1) / 2 * of_cell.pair;
    all.sums += n * (n - 1) / 2 * of_pair_in(plan).adding;
    all.loads += of_cell.load;
    all.loads_by_row += (n - 1) * of_cell.load;
  }
  all.sums += genes * (genes - 1) / 2 * of_pair_in(plan).finishing;
  return all;
}

std::int64_t sum(const std::vector<std::int64_t>& numbers) {
  std::int64_t all = 0;
  for (const std::int64_t one : numbers) all += one;
  return all;
}

TEST_CASE("a summary loads each cell once for each block of first genes, whatever the ranks") {
  const RelativeProfiles matrix = some_cells();
  ScreenPlan plan = testing::full_plan(matrix);
  plan.list.reset();
  plan.keeping.form = PairKeeping::Form::summary;
  plan.keeping.memory = 1 << 30;
  const std::vector<CellCosts> costs = dense_costs_of(matrix);
  const SummaryCosts all = summary_costs(matrix, plan, costs);
  const std::vector<std::int64_t> nothing{0};
  const PairSumsForecast alone = forecast_pair_sums(plan, matrix, costs, nothing);
  // Adding up is expected, in whole units for each pair.
  constexpr double rounded = 2e-3;
  CHECK(alone.of_sums == Approx(all.sums).epsilon(rounded));
  CHECK(static_cast<double>(sum(alone.of_ranks)) - alone.of_sums == Approx(all.scoring + all.loads));
  CHECK(alone.slowest == alone.of_ranks.front());
  CHECK(alone.bytes_sent == 0);

  // Without singles there are no interactions to add up.
  plan.singles = {};
  const ScreenForecast forecast = forecast_screen(plan, matrix, costs, 1);
  const SummaryCosts fewer = summary_costs(matrix, plan, costs);
  CHECK(fewer.sums < all.sums);
  CHECK(forecast.core_seconds ==
        Approx(seconds(all.scoring + all.loads + fewer.sums, plan)).epsilon(rounded));
  CHECK(forecast.load_seconds == Approx(seconds(all.loads, plan)));

  // Where one cell is on two ranks it is loaded by both.
  const std::vector<std::int64_t> of_seven(7, 0);
  const PairSumsForecast shared = forecast_pair_sums(plan, matrix, costs, of_seven);
  std::int64_t largest = 0;
  for (const CellCosts& of_cell : costs) largest = std::max(largest, of_cell.load);
  const double computing = static_cast<double>(sum(shared.of_ranks)) - shared.of_sums;
  CHECK(computing >= static_cast<double>(all.scoring + all.loads));
  CHECK(computing <= static_cast<double>(all.scoring + all.loads + 6 * largest));
  CHECK(static_cast<double>(shared.slowest) >= static_cast<double>(sum(shared.of_ranks)) / 7);

  // With memory for one first gene at a time each is a block, and loads the cells in which it comes first.
  plan.keeping.memory = 1;
  const PairSumsForecast by_row = forecast_pair_sums(plan, matrix, costs, nothing);
  CHECK(static_cast<double>(sum(by_row.of_ranks)) - by_row.of_sums == Approx(all.scoring + all.loads_by_row));
}

TEST_CASE("sums of a summary cost the more, the more measures are kept, and ranks are balanced by it") {
  const RelativeProfiles matrix = some_cells();
  ScreenPlan plan = testing::full_plan(matrix);
  plan.list.reset();
  plan.keeping.form = PairKeeping::Form::summary;
  std::vector<CellCosts> costs = dense_costs_of(matrix);
  for (CellCosts& of_cell : costs) of_cell.load = 0;
  const std::vector<std::int64_t> nothing(3, 0);
  std::vector<double> of_sums;
  for (const bool has_network : {false, true}) {
    for (const bool has_interactions : {false, true}) {
      plan.doubles = has_network ? both_scores : ScoreSet{{true}};
      plan.singles = has_interactions ? plan.doubles : ScoreSet();
      const auto measures = std::ssize(summed_measures(plan));
      REQUIRE(measures == (has_network ? 2 : 1) * (has_interactions ? 2 : 1));
      const PairSumsForecast forecast = forecast_pair_sums(plan, matrix, costs, nothing);
      of_sums.push_back(forecast.of_sums);
      const SumsCosts of_none = sums_costs(0);
      const SumsCosts of_pair = sums_costs(measures);
      CHECK(of_pair.adding - of_none.adding == measures * (sums_costs(1).adding - of_none.adding));
      CHECK(of_pair.finishing - of_none.finishing ==
            measures * (sums_costs(1).finishing - of_none.finishing));
      CHECK(of_sums.back() == Approx(summary_costs(matrix, plan, costs).sums).epsilon(1e-2));
      CHECK(static_cast<double>(forecast.slowest) < 1.05 * static_cast<double>(sum(forecast.of_ranks)) / 3);
    }
  }
  CHECK(of_sums[0] < of_sums[1]);
  CHECK(of_sums[1] == of_sums[2]);
  CHECK(of_sums[2] < of_sums[3]);
}

TEST_CASE("ranks that have more to do before a summary score less of it") {
  const RelativeProfiles matrix = some_cells();
  ScreenPlan plan = testing::full_plan(matrix);
  plan.keeping.form = PairKeeping::Form::summary;
  std::vector<CellCosts> costs = dense_costs_of(matrix);
  for (CellCosts& of_cell : costs) of_cell.load = 0;
  const SummaryCosts all = summary_costs(matrix, plan, costs);
  const std::vector<std::int64_t> before{all.scoring / 4, 0, all.scoring / 8};
  const PairSumsForecast forecast = forecast_pair_sums(plan, matrix, costs, before);
  const auto mean = static_cast<double>(sum(before) + sum(forecast.of_ranks)) / 3;
  CHECK(static_cast<double>(forecast.slowest) >= mean);
  CHECK(static_cast<double>(forecast.slowest) < 1.05 * mean);
  CHECK(forecast.of_ranks[1] - forecast.of_ranks[0] == Approx(before[0]).epsilon(0.1));
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

}  // namespace screen_forecast_test
