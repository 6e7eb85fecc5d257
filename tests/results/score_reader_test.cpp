#include "dko/results/score_reader.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "support/screens.hpp"

using namespace dko;

namespace {

float stored(const ScreenReader& screen, ScoreArray array, Score score, std::int64_t number) {
  return ScoreReader(screen, array, {score, false}).at(number);
}

/// By the definition, one read at a time.
double interaction_of(const ScreenReader& screen, ScoreArray array, Score score, std::int64_t number) {
  const Event event = screen.event(array, number);
  double value = static_cast<double>(stored(screen, array, score, number));
  for (const std::int32_t gene : event.genes) {
    const auto single = screen.number_of_single(event.cell, gene);
    value -= static_cast<double>(stored(screen, ScoreArray::singles, score, single.value()));
  }
  return std::abs(value) < 1e-7 ? 0 : value;  // the random scores leave nothing else near zero
}

}  // namespace

TEST_CASE("interactions are what is left of a pair without its singles, in whatever pieces they are read") {
  const testing::SmallScreen small;
  const ScreenReader screen(small.path());
  for (const ScoreArray array : {ScoreArray::pairs, ScoreArray::list}) {
    for (const Score score : {Score::impact, Score::network}) {
      std::vector<float> expected;
      for (std::int64_t number = 0; number < screen.events(array); ++number)
        expected.push_back(static_cast<float>(interaction_of(screen, array, score, number)));
      std::vector<float> whole(expected.size());
      ScoreReader(screen, array, {score, true}).read(0, whole);
      CHECK(whole == expected);
      // Every range from every place.
      ScoreReader reader(screen, array, {score, true});
      for (const std::size_t count : {1U, 2U, 5U}) {
        for (std::size_t first = 0; first + count <= expected.size(); ++first) {
          std::vector<float> part(count);
          reader.read(static_cast<std::int64_t>(first), part);
          const auto from = expected.begin() + static_cast<std::ptrdiff_t>(first);
          REQUIRE(part == std::vector<float>(from, from + static_cast<std::ptrdiff_t>(count)));
        }
      }
    }
  }
}

TEST_CASE("the share of several genes is the sum of theirs") {
  const testing::SmallScreen small(GENERATE(1, 3));
  const ScreenReader screen(small.path());
  for (const ScoreArray array : {ScoreArray::pairs, ScoreArray::list}) {
    std::vector<float> shares(static_cast<std::size_t>(screen.events(array)));
    ScoreReader(screen, array, {Score::share, false}).read(0, shares);
    for (std::int64_t number = 0; number < screen.events(array); ++number) {
      const Event event = screen.event(array, number);
      double sum = 0;
      for (const std::int32_t gene : event.genes) {
        const auto single = screen.number_of_single(event.cell, gene);
        sum += static_cast<double>(stored(screen, ScoreArray::singles, Score::share, single.value()));
      }
      CHECK(shares[static_cast<std::size_t>(number)] == static_cast<float>(sum));
    }
  }
}

TEST_CASE("events are found again by their genes and cell") {
  const testing::SmallScreen small;
  const ScreenReader screen(small.path());
  for (std::int64_t number = 0; number < screen.events(ScoreArray::singles); ++number) {
    const Event event = screen.event(ScoreArray::singles, number);
    CHECK(screen.number_of_single(event.cell, event.genes[0]) == number);
  }
  for (std::int64_t number = 0; number < screen.events(ScoreArray::pairs); ++number) {
    const Event event = screen.event(ScoreArray::pairs, number);
    CHECK(screen.number_of_pair(event.cell, event.genes[1], event.genes[0]) == number);
  }
  CHECK_FALSE(screen.number_of_pair(0, 0, 1).has_value());  // cell 0 does not express gene 0
}

TEST_CASE("a screen has the measures that its stored scores allow") {
  const testing::SmallScreen small;
  const ScreenReader screen(small.path());
  CHECK(screen.measures(ScoreArray::singles).size() == 3);
  CHECK(screen.measures(ScoreArray::pairs).size() == 5);
  CHECK(screen.measures(ScoreArray::list).size() == 5);
  CHECK_FALSE(screen.has(ScoreArray::singles, {Score::impact, true}));
  CHECK_FALSE(screen.has(ScoreArray::pairs, {Score::share, true}));
  CHECK(screen.members() == 1);
}

TEST_CASE("a screen by several members has standard deviations of its scores, but none of interactions") {
  const testing::SmallScreen small(3);
  const ScreenReader screen(small.path());
  CHECK(screen.members() == 3);
  CHECK(screen.measures(ScoreArray::singles).size() == 5);
  CHECK(screen.measures(ScoreArray::pairs).size() == 7);
  CHECK(screen.measures(ScoreArray::list).size() == 7);
  for (const Score score : {Score::impact, Score::network}) {
    CHECK(screen.has(ScoreArray::pairs, {deviation_of(score), false}));
    CHECK_FALSE(screen.has(ScoreArray::pairs, {deviation_of(score), true}));
  }
}

TEST_CASE("an interaction below single precision is none") {
  CHECK(interaction_of(0.3F, 0.1F, 0.2F) == 0);
  CHECK(interaction_of(0.300001F, 0.1F, 0.2F) == Approx(1e-6).epsilon(0.05));
  CHECK(interaction_of(0.299999F, 0.1F, 0.2F) == Approx(-1e-6).epsilon(0.05));
  CHECK(interaction_of(0, 0, 0) == 0);
}
