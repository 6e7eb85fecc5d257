#include "dko/results/ranking.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/results/score_reader.hpp"
#include "support/screens.hpp"

using namespace dko;

TEST_CASE("the highest scores are those that sorting all of them gives") {
  const testing::SmallScreen small(GENERATE(1, 3));
  const ScreenReader screen(small.path());
  for (const ScoreArray array : every_array) {
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

TEST_CASE("the highest lower bounds are those that sorting mean - Z sd of all gives, negative ones too") {
  const testing::SmallScreen small(3);
  const ScreenReader screen(small.path());
  const double z = GENERATE(0.0, 1.0, 2.5);
  for (const ScoreArray array : every_array) {
    for (const Score score : {Score::impact, Score::network}) {
      std::vector<std::pair<float, std::int64_t>> all;
      ScoreReader means(screen, array, {score, false});
      ScoreReader deviations(screen, array, {deviation_of(score), false});
      for (std::int64_t number = 0; number < screen.events(array); ++number) {
        const double bound =
            static_cast<double>(means.at(number)) - z * static_cast<double>(deviations.at(number));
        all.emplace_back(-static_cast<float>(bound), number);
      }
      std::sort(all.begin(), all.end());
      for (const std::int64_t count : {1, 5, 100000}) {
        const auto ranked = highest_scores(screen, array, {score, false}, count, {}, z);
        REQUIRE(std::ssize(ranked) == std::min(count, screen.events(array)));
        for (std::size_t at = 0; at < ranked.size(); ++at) {
          CHECK(ranked[at].number == all[at].second);
          CHECK(ranked[at].score == -all[at].first);
        }
      }
      CHECK((z < 2 || all.back().first > 0));
    }
  }
}

TEST_CASE("the highest lower bounds of one cell are of that cell") {
  const testing::SmallScreen small(2);
  const ScreenReader screen(small.path());
  ScoreReader means(screen, ScoreArray::pairs, {Score::network, false});
  ScoreReader deviations(screen, ScoreArray::pairs, {Score::network_sd, false});
  const auto ranked = highest_scores(screen, ScoreArray::pairs, {Score::network, false}, 1000, 4, 1.5);
  const auto n = small.matrix().expressed_count(4);
  CHECK(std::ssize(ranked) == n * (n - 1) / 2);
  for (const RankedEvent& entry : ranked) {
    CHECK(entry.event.cell == 4);
    CHECK(static_cast<double>(entry.score) == Approx(static_cast<double>(means.at(entry.number)) -
                                                     1.5 * static_cast<double>(deviations.at(entry.number)))
                                                  .margin(1e-7));
  }
}
