#include "dko/knockout/shards.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "dko/base/random.hpp"

using namespace dko;

namespace {

using Numbers = std::vector<std::int64_t>;

/// The cost of every event, one by one.
Numbers event_costs(const Numbers& starts, const Numbers& costs) {
  Numbers all;
  for (std::size_t group = 0; group < costs.size(); ++group) {
    for (std::int64_t event = starts[group]; event < starts[group + 1]; ++event) all.push_back(costs[group]);
  }
  return all;
}

void check_shards(const Numbers& starts, const Numbers& costs, std::int64_t shards) {
  const Numbers bounds = balanced_shards(starts, costs, shards);
  REQUIRE(std::ssize(bounds) == shards + 1);
  CHECK(bounds.front() == 0);
  CHECK(bounds.back() == starts.back());
  CHECK(std::is_sorted(bounds.begin(), bounds.end()));
  const Numbers events = event_costs(starts, costs);
  const std::int64_t total = std::accumulate(events.begin(), events.end(), std::int64_t{0});
  const std::int64_t largest = events.empty() ? 0 : *std::max_element(events.begin(), events.end());
  for (std::int64_t shard = 0; shard < shards; ++shard) {
    const std::int64_t cost =
        std::accumulate(events.begin() + bounds[static_cast<std::size_t>(shard)],
                        events.begin() + bounds[static_cast<std::size_t>(shard) + 1], std::int64_t{0});
    CHECK(cost <= total / shards + 1 + largest);
  }
}

}  // namespace

TEST_CASE("shards cover all events once, in order, none much above the mean") {
  RandomStream stream(1, "shards");
  for (int round = 0; round < 20; ++round) {
    Numbers starts{0};
    Numbers costs;
    for (int group = 0; group < 30; ++group) {
      starts.push_back(starts.back() + (stream.below(4) == 0 ? 0 : stream.below(50)));
      costs.push_back(1 + stream.below(100));
    }
    for (std::int64_t shards = 1; shards <= 64; ++shards) check_shards(starts, costs, shards);
  }
}

TEST_CASE("there may be more shards than events, and no events at all") {
  check_shards({0, 1, 1, 3}, {5, 7, 2}, 64);
  check_shards({0, 0, 0}, {5, 7}, 5);
  check_shards({0}, {}, 3);
}

TEST_CASE("events in numbers beyond 32 bits, costs near the end of 64") {
  // 100,000 cells of 10,000 targets each.
  const std::int64_t pairs = 10000LL * 9999 / 2;
  Numbers starts{0};
  for (int cell = 0; cell < 100000; ++cell) starts.push_back(starts.back() + pairs);
  const Numbers costs(100000, 10000);
  const Numbers bounds = balanced_shards(starts, costs, 1024);
  for (std::size_t shard = 0; shard < 1024; ++shard) {
    const double share =
        static_cast<double>(bounds[shard + 1] - bounds[shard]) / static_cast<double>(starts.back());
    CHECK(share == Approx(1.0 / 1024).epsilon(1e-6));
  }
}
