// On every number of ranks: the pairs that are kept are those that sorting all of them finds.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "dko/base/error.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "support/screens.hpp"
#include "support/selections.hpp"

using namespace dko;

namespace {

struct Screened {
  RelativeProfiles matrix;
  ScreenPlan plan;
  std::vector<CollapsedMapping> members;
  PairIndex index{matrix, plan.targets};
  testing::MemorySink all{};
};

/// Singles and every pair, by this rank alone.
Screened screen_all(RelativeProfiles matrix, std::int64_t members = 1) {
  ScreenPlan plan = testing::full_plan(matrix, members);
  plan.list.reset();
  auto mappings = testing::collapsed(testing::random_members(members, {matrix.genes(), 5}, 61));
  Screened screened{std::move(matrix), std::move(plan), std::move(mappings)};
  screen_shard(screened.plan, screened.matrix, screened.members, 0, 1, screened.all);
  return screened;
}

/// What selects each of all pairs.
std::vector<float> values_of(const Screened& screened, const Measure& by) {
  std::vector<float> values = screened.all.scores(ScoreArray::pairs, by.score);
  if (!by.is_interaction) return values;
  const auto singles = screened.all.scores(ScoreArray::singles, by.score);
  for (std::int64_t number = 0; number < std::ssize(values); ++number) {
    const auto [cell, pair] = screened.index.locate(number);
    const auto single = [&](std::int64_t place) {
      return singles[static_cast<std::size_t>(screened.plan.targets.starts()[static_cast<std::size_t>(cell)] +
                                              place)];
    };
    float& value = values[static_cast<std::size_t>(number)];
    value = static_cast<float>(interaction_of(value, single(pair.first), single(pair.second)));
  }
  return values;
}

/// Numbers of the pairs to keep: every cell sorted as a whole.
std::vector<std::int64_t> wanted_pairs(const Screened& screened, const PairKeeping& keeping) {
  const std::vector<float> values = values_of(screened, keeping.by);
  std::set<std::int64_t> wanted;
  const auto starts = screened.index.starts();
  for (std::size_t cell = 0; cell + 1 < starts.size(); ++cell) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t number = starts[cell]; number < starts[cell + 1]; ++number) numbers.push_back(number);
    const auto value = [&](std::int64_t number) { return values[static_cast<std::size_t>(number)]; };
    for (const float sign : {1.0F, -1.0F}) {
      std::stable_sort(numbers.begin(), numbers.end(),
                       [&](auto a, auto b) { return sign * value(a) > sign * value(b); });
      const auto count = keeping.top == 0 ? std::ssize(numbers) : std::min(keeping.top, std::ssize(numbers));
      for (std::int64_t at = 0; at < count; ++at) {
        const std::int64_t number = numbers[static_cast<std::size_t>(at)];
        if (keeping.passes(value(number))) wanted.insert(number);
      }
      std::sort(numbers.begin(), numbers.end());
    }
  }
  return {wanted.begin(), wanted.end()};
}

/// On all ranks together, and checked on rank 0: numbers, order and scores.
void check_selection(Screened& screened, const PairKeeping& keeping) {
  const Communicator& ranks = testing::world();
  screened.plan.keeping = keeping;
  PairSelection selection(keeping, screened.plan.doubles);
  testing::MemorySink singles;
  screen_shard(screened.plan, screened.matrix, screened.members, ranks.rank(), ranks.size(), singles,
               {.selection = &selection});
  CHECK(singles.scores(ScoreArray::pairs, Score::impact).empty());
  selection.finish(screened.index.starts(), ranks);
  std::vector<std::int64_t> numbers;
  for (const KeptPair& pair : selection.kept()) {
    numbers.push_back(pair.number);
    for (const Score score : every_score) {
      if (!screened.plan.doubles.has(score)) continue;
      const auto all = screened.all.scores(ScoreArray::pairs, score);
      CHECK(pair.scores[score] == all[static_cast<std::size_t>(pair.number)]);
    }
  }
  const auto found = ranks.gather(std::span<const std::int64_t>(numbers));
  if (found.is_here()) CHECK(*found == wanted_pairs(screened, keeping));
}

PairKeeping selected(std::int64_t top, std::optional<double> threshold, const Measure& by) {
  return {PairKeeping::Form::selected, top, threshold, by};
}

constexpr std::array measures{Measure{Score::impact, false}, Measure{Score::network, false},
                              Measure{Score::impact, true}, Measure{Score::network, true}};

}  // namespace

TEST_CASE("the pairs kept are those that sorting every cell finds, on any number of ranks") {
  const std::int64_t members = GENERATE(1, 3);
  const std::int64_t cells = GENERATE(1, 2, 9);  // fewer cells than ranks, so that cells are split
  Screened screened = screen_all(testing::random_matrix(cells, 14, 0.7, 60).relative_profiles(), members);
  for (const Measure& by : measures) {
    auto values = values_of(screened, by);
    std::sort(values.begin(), values.end());
    const double middle = std::abs(static_cast<double>(values[values.size() / 2]));
    for (const std::int64_t top : {1, 2, 7, 30, 1000}) check_selection(screened, selected(top, {}, by));
    for (const double threshold : {-1.0, 0.0, middle, 100.0}) {
      check_selection(screened, selected(0, threshold, by));
      check_selection(screened, selected(5, threshold, by));
    }
  }
}

TEST_CASE("of equal values the first events are kept") {
  // The mapping only renormalises equal shares: all pairs of a cell score the same, and no interaction is
  // there.
  Screened screened =
      screen_all(testing::matrix_of({{1, 1, 1, 1, 1, 1}, {2, 1, 1, 1, 0, 0}}).relative_profiles());
  screened.members = {
      CollapsedMapping(6, NodeArray(std::vector<double>(36, 1)), NodeArray(std::vector<double>(6, 0)))};
  screened.all = {};
  ScreenPlan full = screened.plan;
  screen_shard(full, screened.matrix, screened.members, 0, 1, screened.all);
  for (const Measure& by : measures) {
    for (const std::int64_t top : {1, 3, 100}) check_selection(screened, selected(top, {}, by));
  }
}

TEST_CASE("ranks and cells without pairs do no harm to a selection") {
  Screened screened = screen_all(
      testing::matrix_of({{1, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 1, 0}, {0, 0, 0, 1}}).relative_profiles());
  check_selection(screened, selected(1, {}, {}));
  check_selection(screened, selected(0, 0.1, {}));
}

TEST_CASE("what is kept does not exceed the memory that is allowed, and what would fit is said") {
  Screened screened = screen_all(testing::random_matrix(5, 20, 0.9, 62).relative_profiles());
  const auto select_alone = [&](PairKeeping keeping) {
    screened.plan.keeping = keeping;
    PairSelection selection(keeping, screened.plan.doubles);
    testing::MemorySink sink;
    screen_shard(screened.plan, screened.matrix, screened.members, 0, 1, sink, {.selection = &selection});
    selection.finish(screened.index.starts(), Communicator::one_rank());
    return std::ssize(selection.kept());
  };
  PairKeeping keeping = selected(40, {}, {});
  keeping.memory = 180 * sizeof(KeptPair);  // of five cells both ends, and what one cell may yet keep
  CHECK_THROWS_WITH(select_alone(keeping), Catch::Contains("about keep top:10 would fit"));
  keeping.top = 10;
  CHECK(select_alone(keeping) == 100);
  keeping = selected(0, 0.0, {});
  keeping.memory = 300 * sizeof(KeptPair);
  std::string words;
  try {
    select_alone(keeping);
  } catch (const Error& error) {
    words = error.what();
  }
  REQUIRE(words.find("about threshold ") != std::string::npos);
  keeping.threshold = std::stod(words.substr(words.find("about threshold ") + 16));
  CHECK(select_alone(keeping) > 100);
}

TEST_CASE("what a selection puts down is in the order of events, whatever it was given before") {
  PairKeeping keeping;
  keeping.form = PairKeeping::Form::selected;
  keeping.threshold = 0.1;
  PairSelection selection(keeping, ScoreSet{{.impact = true}});
  selection.restore({{{100, 200}}, {{150, 0.5F, {}}, {160, 0.6F, {}}}});
  selection.restore({{{0, 50}}, {{10, 0.7F, {}}}});
  const SelectionState state = testing::copy_of(selection.view());
  REQUIRE(state.pairs.size() == 3);
  CHECK(state.pairs[0].number == 10);
  CHECK(state.pairs[2].number == 160);
}

TEST_CASE("a plan that selects pairs needs a selection, and another none") {
  Screened screened = screen_all(testing::random_matrix(3, 6, 0.9, 63).relative_profiles());
  PairSelection selection(selected(1, {}, {}), screened.plan.doubles);
  testing::MemorySink sink;
  CHECK_THROWS_AS(
      screen_shard(screened.plan, screened.matrix, screened.members, 0, 1, sink, {.selection = &selection}),
      std::logic_error);
  screened.plan.keeping = selected(1, {}, {});
  CHECK_THROWS_AS(screen_shard(screened.plan, screened.matrix, screened.members, 0, 1, sink),
                  std::logic_error);
}
