#include "benchmark/score_sample.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "dko/benchmark/screen_verification.hpp"

using namespace dko;

TEST_CASE("A sample has one event of every stratum, in whatever ranges it is asked for") {
  for (const std::int64_t events : {10, 97, 1000, 12345}) {
    for (const std::int64_t count : {1, 7, 10, 96}) {
      const ScoreSample sample(events, count, 3);
      const auto all = sample.within({0, events});
      CAPTURE(events, count);
      CHECK(std::ssize(all) == sample.size());
      REQUIRE(std::ssize(all) >= std::min(events, count));
      const std::int64_t length = std::max<std::int64_t>(1, events / count);
      for (std::int64_t at = 0; at < std::ssize(all); ++at) {
        CHECK(all[static_cast<std::size_t>(at)] >= at * length);
        CHECK(all[static_cast<std::size_t>(at)] < std::min(events, (at + 1) * length));
      }
      std::vector<std::int64_t> parts;
      for (std::int64_t first = 0; first < events; first += 13) {
        const auto part = sample.within({first, std::min(events, first + 13)});
        parts.insert(parts.end(), part.begin(), part.end());
      }
      CHECK(parts == all);
    }
  }
}

TEST_CASE("A sample of more than half of all events is all of them") {
  const ScoreSample sample(50, 500, 1);
  CHECK(sample.size() == 50);
  CHECK(sample.within({10, 13}) == std::vector<std::int64_t>{10, 11, 12});
  CHECK(sample.chance(1e-5) == 1);
  CHECK(ScoreSample(50, 26, 1).size() == 50);
  CHECK(ScoreSample(0, 500, 1).within({0, 0}).empty());
  CHECK(ScoreSample(0, 500, 1).chance(1e-5) == 0);
}

TEST_CASE("Other seeds draw other samples, the same seed the same") {
  const EventRange all{0, 100000};
  CHECK(ScoreSample(100000, 50, 1).within(all) == ScoreSample(100000, 50, 1).within(all));
  CHECK(ScoreSample(100000, 50, 1).within(all) != ScoreSample(100000, 50, 2).within(all));
}

TEST_CASE("Samples of as many events as a thousand nodes have are found in their ranges") {
  const std::int64_t events = 10'240'000'000'000;
  const ScoreSample sample(events, 500'000, 1);
  for (const std::int64_t first : {std::int64_t{0}, events / 3, events - 100'000'000'000}) {
    const auto found = sample.within({first, first + 100'000'000'000});
    CHECK(std::abs(std::ssize(found) - 4883) < 3);
    CHECK(found.front() >= first);
    CHECK(found.back() < first + 100'000'000'000);
  }
}

TEST_CASE("The default sample finds one wrong score in a hundred thousand with a chance of 0.99") {
  for (const std::int64_t events : {std::int64_t{500'001}, std::int64_t{1'499'999}, std::int64_t{1'500'000},
                                    std::int64_t{40'000'001}, std::int64_t{1} << 40})
    CHECK(ScoreSample(events, SampleOptions().events, 1).chance(share_to_find) >= 0.99);
  CHECK(ScoreSample(1'000'000'000, 100'000, 1).chance(share_to_find) ==
        Approx(1 - std::exp(-1)).epsilon(1e-4));
}

TEST_CASE("Wrong scores are found as often as the chance says, wherever they are") {
  // A hundredth of the events wrong, and a sample that finds one with a chance of 0.99.
  const std::int64_t events = 46'000;
  constexpr int draws = 4000;
  const auto misses = [&](const std::function<bool(std::int64_t)>& is_wrong) {
    int missed = 0;
    for (int seed = 0; seed < draws; ++seed) {
      const auto sample = ScoreSample(events, 460, static_cast<std::uint64_t>(seed)).within({0, events});
      missed += std::any_of(sample.begin(), sample.end(), is_wrong) ? 0 : 1;
    }
    return missed;
  };
  const double chance = ScoreSample(events, 460, 0).chance(0.01);
  CHECK(chance == Approx(0.9902).epsilon(1e-4));
  const double expected = draws * (1 - chance);
  const double most = expected + 4 * std::sqrt(expected);
  const int spread = misses([](std::int64_t event) { return event % 100 == 37; });  // one of every stratum
  CHECK(spread < most);
  CHECK(spread > expected - 4 * std::sqrt(expected));  // this is the worst case
  CHECK(misses([](std::int64_t event) { return event >= 20'000 && event < 20'460; }) ==
        0);  // all of some strata
  CHECK(misses([](std::int64_t event) { return event % 2000 < 20; }) < most);
}
