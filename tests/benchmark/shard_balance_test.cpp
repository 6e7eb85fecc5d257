#include "dko/benchmark/shard_balance.hpp"

#include <catch2/catch.hpp>

#include "dko/knockout/sharding/screen_forecast.hpp"

using namespace dko;

TEST_CASE("Shards of equal cells are balanced, by what their pairs and loads cost") {
  // Two cells of three pairs: 10 each, and 5 to load the cell.
  const PairCosts pairs{{0, 3, 6}, {10, 10}, {5, 5}};
  const ShardBalance one = balance_of(pairs, 1);
  CHECK(one.shards == 1);
  CHECK(one.mean_seconds == Approx(70 * seconds_of_cost));
  CHECK(one.max_seconds == Approx(one.mean_seconds));
  CHECK(one.imbalance() == Approx(0).margin(1e-12));
  CHECK(one.loads == Approx(10.0 / 70));
  const ShardBalance two = balance_of(pairs, 2);
  CHECK(two.max_seconds == Approx(35 * seconds_of_cost));
  CHECK(two.imbalance() == Approx(0).margin(1e-12));
  // Each pair on a shard of its own, which loads the cell again.
  const ShardBalance six = balance_of(pairs, 6);
  CHECK(six.mean_seconds == Approx(15 * seconds_of_cost));
  CHECK(six.loads == Approx(5.0 / 15));
}

TEST_CASE("A pair too many is what the slowest shard is above the mean") {
  const PairCosts pairs{{0, 3}, {10}, {0}};
  const ShardBalance two = balance_of(pairs, 2);
  CHECK(two.mean_seconds == Approx(15 * seconds_of_cost));
  CHECK(two.max_seconds == Approx(20 * seconds_of_cost));
  CHECK(two.imbalance() == Approx(1.0 / 3));
  CHECK(two.loads == Approx(0).margin(1e-12));
}

TEST_CASE("Costs of pairs are drawn for as many cells, the same for the same seed") {
  const PairCosts pairs = draw_pair_costs(20, 500, 7);
  REQUIRE(pairs.starts.size() == 21);
  CHECK(pairs.events.size() == 20);
  CHECK(pairs.loads.size() == 20);
  for (std::size_t cell = 0; cell < 20; ++cell) {
    CHECK(pairs.starts[cell + 1] - pairs.starts[cell] >= 3);
    CHECK(pairs.starts[cell + 1] - pairs.starts[cell] <= 500 * 499 / 2);
    CHECK(pairs.events[cell] > 0);
    CHECK(pairs.loads[cell] > 0);
  }
  CHECK(draw_pair_costs(20, 500, 7).starts == pairs.starts);
  CHECK(draw_pair_costs(20, 5000, 8).starts != draw_pair_costs(20, 5000, 7).starts);
}
