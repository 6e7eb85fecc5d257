#include "dko/results/ranking.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/results/score_reader.hpp"
#include "support/screens.hpp"

using namespace dko;

TEST_CASE("the highest scores are those that sorting all of them gives") {
  const testing::SmallScreen small;
  const ScreenReader screen(small.path());
  for (const ScoreArray array : {ScoreArray::singles, ScoreArray::pairs, ScoreArray::list}) {
    for (const Measure& measure : screen.measures(array)) {
      std::vector<std::pair<float, std::int64_t>> all;
      ScoreStream scores(screen, array, measure);
      for (std::int64_t number = 0; number < screen.events(array); ++number) {
        const float score = scores.next();
        all.emplace_back(measure.is_interaction ? -std::abs(score) : -score, number);
      }
      std::sort(all.begin(), all.end());
      for (const std::int64_t count : {1, 3, 10, 100000}) {
        const auto ranked = highest_scores(screen, array, measure, count);
        REQUIRE(std::ssize(ranked) == std::min(count, screen.events(array)));
        for (std::size_t at = 0; at < ranked.size(); ++at) {
          CHECK((ranked[at].score == -all[at].first || ranked[at].score == all[at].first));
          CHECK(ranked[at].event.genes == screen.event(array, all[at].second).genes);
        }
      }
    }
  }
}

TEST_CASE("the highest scores of one cell are of that cell") {
  const testing::SmallScreen small;
  const ScreenReader screen(small.path());
  const auto ranked = highest_scores(screen, ScoreArray::pairs, {}, 1000, 4);
  const auto n = small.matrix().expressed_count(4);
  CHECK(std::ssize(ranked) == n * (n - 1) / 2);
  for (const RankedEvent& entry : ranked) CHECK(entry.event.cell == 4);
}
