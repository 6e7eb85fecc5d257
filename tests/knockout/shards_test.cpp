#include "dko/knockout/sharding/shards.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "dko/base/error.hpp"
#include "dko/base/random.hpp"

using namespace dko;

namespace {

using Numbers = std::vector<std::int64_t>;

/// What events [first, last) cost, one by one.
std::int64_t cost_by_event(const EventCosts& costs, std::int64_t first, std::int64_t last) {
  std::int64_t cost = 0;
  for (std::size_t group = 0; group < costs.events.size(); ++group) {
    bool is_loaded = false;
    for (std::int64_t event = costs.starts[group]; event < costs.starts[group + 1]; ++event) {
      if (event < first || event >= last) continue;
      cost += costs.events[group] + (is_loaded ? 0 : costs.load(group));
      is_loaded = true;
    }
  }
  return cost;
}

void check_shards(const Numbers& starts, const Numbers& events, std::int64_t shards,
                  const Numbers& loads = {}) {
  const EventCosts costs{starts, events, loads};
  const Numbers bounds = balanced_shards(costs, shards);
  REQUIRE(std::ssize(bounds) == shards + 1);
  CHECK(bounds.front() == 0);
  CHECK(bounds.back() == starts.back());
  CHECK(std::is_sorted(bounds.begin(), bounds.end()));
  const std::int64_t total = cost_by_event(costs, 0, starts.back());
  std::int64_t largest = 0;
  for (std::size_t group = 0; group < events.size(); ++group)
    largest = std::max(largest, events[group] + costs.load(group));
  const Numbers of_shards = shard_costs(costs, bounds);
  REQUIRE(std::ssize(of_shards) == shards);
  for (std::size_t shard = 0; shard < static_cast<std::size_t>(shards); ++shard) {
    CHECK(of_shards[shard] == cost_by_event(costs, bounds[shard], bounds[shard + 1]));
    CHECK(of_shards[shard] <= total / shards + 1 + largest);
  }
}

/// The least that the costliest of `shards` contiguous ranges can cost, by trying all bounds.
std::int64_t best_by_trial(const EventCosts& costs, std::int64_t first, std::int64_t shards) {
  const std::int64_t end = costs.starts.back();
  if (shards == 1) return cost_by_event(costs, first, end);
  std::int64_t best = cost_by_event(costs, first, end);
  for (std::int64_t bound = first; bound <= end; ++bound) {
    best =
        std::min(best, std::max(cost_by_event(costs, first, bound), best_by_trial(costs, bound, shards - 1)));
  }
  return best;
}

/// Few groups of few events.
struct RandomCosts {
  Numbers starts{0};
  Numbers events{};
  Numbers loads{};

  explicit RandomCosts(RandomStream& stream) {
    for (int group = 0; group < 4; ++group) {
      starts.push_back(starts.back() + stream.below(5));
      events.push_back(1 + stream.below(9));
      loads.push_back(stream.below(12));
    }
  }
  EventCosts view() const { return {starts, events, loads}; }
};

}  // namespace

TEST_CASE("the costliest shard is as cheap as can be") {
  RandomStream stream(3, "shards by trial");
  for (int round = 0; round < 40; ++round) {
    const RandomCosts drawn(stream);
    const EventCosts costs = drawn.view();
    for (std::int64_t shards = 1; shards <= 4; ++shards) {
      const Numbers of_shards = shard_costs(costs, balanced_shards(costs, shards));
      CHECK(*std::max_element(of_shards.begin(), of_shards.end()) == best_by_trial(costs, 0, shards));
    }
  }
}

namespace {

/// The least that the costliest of the shards from number `shard` on can have to do in all, by trying all
/// bounds.
std::int64_t best_with(const EventCosts& costs, const Numbers& before, std::int64_t first,
                       std::size_t shard) {
  const std::int64_t end = costs.starts.back();
  if (shard + 1 == before.size()) return before[shard] + cost_by_event(costs, first, end);
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t bound = first; bound <= end; ++bound) {
    best = std::min(best, std::max(before[shard] + cost_by_event(costs, first, bound),
                                   best_with(costs, before, bound, shard + 1)));
  }
  return best;
}

}  // namespace

TEST_CASE("shards that have something to do before get less") {
  RandomStream stream(5, "shards by trial, with work before");
  for (int round = 0; round < 60; ++round) {
    const RandomCosts drawn(stream);
    const EventCosts costs = drawn.view();
    for (std::size_t shards = 1; shards <= 4; ++shards) {
      Numbers before;
      for (std::size_t shard = 0; shard < shards; ++shard) before.push_back(stream.below(60));
      const Numbers bounds = balanced_shards(costs, static_cast<std::int64_t>(shards), before);
      REQUIRE(bounds.front() == 0);
      REQUIRE(bounds.back() == costs.starts.back());
      REQUIRE(std::is_sorted(bounds.begin(), bounds.end()));
      const Numbers of_shards = shard_costs(costs, bounds);
      std::int64_t most = 0;
      for (std::size_t shard = 0; shard < shards; ++shard)
        most = std::max(most, before[shard] + of_shards[shard]);
      CHECK(most == best_with(costs, before, 0, 0));
    }
  }
}

TEST_CASE("shards cover all events once, in order, none much above the mean") {
  RandomStream stream(1, "shards");
  for (int round = 0; round < 20; ++round) {
    Numbers starts{0};
    Numbers costs;
    Numbers loads;
    for (int group = 0; group < 30; ++group) {
      starts.push_back(starts.back() + (stream.below(4) == 0 ? 0 : stream.below(50)));
      costs.push_back(1 + stream.below(100));
      loads.push_back(stream.below(500));
    }
    for (std::int64_t shards = 1; shards <= 64; ++shards) {
      check_shards(starts, costs, shards);
      check_shards(starts, costs, shards, loads);
    }
  }
}

TEST_CASE("there may be more shards than events, and no events at all") {
  check_shards({0, 1, 1, 3}, {5, 7, 2}, 64);
  check_shards({0, 0, 0}, {5, 7}, 5);
  check_shards({0}, {}, 3);
  check_shards({0, 1, 1, 3}, {5, 7, 2}, 64, {100, 3, 0});
}

TEST_CASE("events in numbers beyond 32 bits, costs near the end of 64") {
  // 100,000 cells of 10,000 targets each.
  const std::int64_t pairs = 10000LL * 9999 / 2;
  Numbers starts{0};
  for (int cell = 0; cell < 100000; ++cell) starts.push_back(starts.back() + pairs);
  const Numbers costs(100000, 10000);
  const Numbers bounds = balanced_shards({starts, costs}, 1024);
  for (std::size_t shard = 0; shard < 1024; ++shard) {
    const double share =
        static_cast<double>(bounds[shard + 1] - bounds[shard]) / static_cast<double>(starts.back());
    CHECK(share == Approx(1.0 / 1024).epsilon(1e-6));
  }
}

TEST_CASE("costs that cannot be counted are refused, not divided wrongly") {
  const Numbers starts{0, std::int64_t{1} << 40, std::int64_t{1} << 41};
  const auto divide = [&](std::int64_t of_event, std::int64_t load) {
    const Numbers events{of_event, of_event};
    const Numbers loads{load, load};
    return balanced_shards({starts, events, loads}, 4);
  };
  CHECK(divide(1 << 19, 1).back() == starts.back());
  CHECK_THROWS_AS(divide(1 << 21, 1), InputError);                // the sum is too large
  CHECK_THROWS_AS(divide(std::int64_t{1} << 30, 1), InputError);  // a product is
  CHECK_THROWS_AS(divide(1, (std::int64_t{1} << 62) + (std::int64_t{1} << 61)), InputError);
}
