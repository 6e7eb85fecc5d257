#include "dko/results/ranking.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "support/screens.hpp"

using namespace dko;

TEST_CASE("the highest scores are those that sorting all of them gives") {
  const testing::SmallScreen small;
  const ScreenReader screen(small.path());
  for (const ScoreArray array : {ScoreArray::singles, ScoreArray::pairs, ScoreArray::list}) {
    std::vector<std::pair<float, std::int64_t>> all;
    ScoreStream scores(screen, array);
    for (std::int64_t number = 0; number < screen.events(array); ++number)
      all.emplace_back(-scores.next(), number);
    std::sort(all.begin(), all.end());
    for (const std::int64_t count : {1, 3, 10, 100000}) {
      const auto ranked = highest_scores(screen, array, count);
      REQUIRE(std::ssize(ranked) == std::min(count, screen.events(array)));
      for (std::size_t at = 0; at < ranked.size(); ++at) {
        CHECK(ranked[at].score == -all[at].first);
        CHECK(ranked[at].event.genes == screen.event(array, all[at].second).genes);
      }
    }
  }
}

TEST_CASE("the highest scores of one cell are of that cell") {
  const testing::SmallScreen small;
  const ScreenReader screen(small.path());
  const auto ranked = highest_scores(screen, ScoreArray::pairs, 1000, 4);
  const auto n = small.matrix().expressed_count(4);
  CHECK(std::ssize(ranked) == n * (n - 1) / 2);
  for (const RankedEvent& entry : ranked) CHECK(entry.event.cell == 4);
}
