#include "dko/base/random.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

using dko::RandomStream;

TEST_CASE("streams depend on seed, name and index, and on nothing else") {
  CHECK(RandomStream(1, "a")() == RandomStream(1, "a")());
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const char* name : {"a", "b", "ab"}) {
      for (std::uint64_t index = 0; index < 20; ++index) firsts.insert(RandomStream(seed, name, index)());
    }
  }
  CHECK(firsts.size() == 20 * 3 * 20);
}

TEST_CASE("uniform numbers have the mean and the variance of their interval") {
  RandomStream stream(7, "uniform");
  constexpr int count = 200000;
  double sum = 0;
  double squares = 0;
  for (int at = 0; at < count; ++at) {
    const double value = stream.uniform(-3, 5);
    REQUIRE((value >= -3 && value < 5));
    sum += value;
    squares += value * value;
  }
  const double mean = sum / count;
  CHECK(std::abs(mean - 1) < 5 * std::sqrt(64.0 / 12 / count));
  CHECK(squares / count - mean * mean == Approx(64.0 / 12).epsilon(0.02));
}

TEST_CASE("distinct draws every subset equally often") {
  // 10 subsets of 2 of 5, and 10 of 3 of 5: the second takes the way of drawing the complement.
  for (const std::int64_t count : {2, 3}) {
    std::map<std::vector<std::int64_t>, int> seen;
    constexpr int draws = 20000;
    for (int at = 0; at < draws; ++at) {
      const auto drawn = RandomStream(3, "subset", static_cast<std::uint64_t>(at)).distinct(count, 5);
      REQUIRE(std::is_sorted(drawn.begin(), drawn.end()));
      ++seen[drawn];
    }
    REQUIRE(seen.size() == 10);
    double chi_square = 0;
    for (const auto& [subset, times] : seen) chi_square += std::pow(times - draws / 10.0, 2) / (draws / 10.0);
    CHECK(chi_square < 27.9);  // 9 degrees of freedom, 0.999
  }
}

TEST_CASE("distinct holds at its limits") {
  CHECK(RandomStream(1, "x").distinct(0, 5).empty());
  CHECK(RandomStream(1, "x").distinct(5, 5) == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  const auto many = RandomStream(1, "x").distinct(1000, 1000000007);
  CHECK(std::set<std::int64_t>(many.begin(), many.end()).size() == 1000);
  CHECK(many.back() < 1000000007);
}

TEST_CASE("permutations are permutations, all equally often") {
  std::map<std::vector<std::int64_t>, int> seen;
  for (std::uint64_t at = 0; at < 6000; ++at) ++seen[RandomStream(5, "order", at).permutation(3)];
  REQUIRE(seen.size() == 6);
  for (const auto& [order, times] : seen) CHECK(std::abs(times - 1000) < 150);
}
