#include "dko/knockout/screen/screen.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "dko/knockout/events/event_index.hpp"
#include "support/full_network.hpp"
#include "support/plain_base.hpp"
#include "support/screens.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

struct Scores {
  std::vector<float> singles;
  std::vector<float> pairs;
  std::vector<float> list;
  std::vector<float> network_of_singles;
  std::vector<float> network_of_pairs;
  std::vector<float> network_of_list;
  bool operator==(const Scores&) const = default;
};

testing::MemorySink scored_in(std::int64_t shards, const ScreenPlan& plan, const RelativeProfiles& matrix,
                              std::span<const CollapsedMapping> members) {
  testing::MemorySink sink;
  for (std::int64_t shard = 0; shard < shards; ++shard)
    screen_shard(plan, matrix, members, shard, shards, sink);
  return sink;
}

Scores screen_in(std::int64_t shards, const ScreenPlan& plan, const RelativeProfiles& matrix,
                 std::span<const CollapsedMapping> members) {
  const testing::MemorySink sink = scored_in(shards, plan, matrix, members);
  const auto of = [&](ScoreArray array, Score score) { return sink.scores(array, score); };
  return {of(ScoreArray::singles, Score::impact), of(ScoreArray::pairs, Score::impact),
          of(ScoreArray::list, Score::impact),    of(ScoreArray::singles, Score::network),
          of(ScoreArray::pairs, Score::network),  of(ScoreArray::list, Score::network)};
}

}  // namespace

TEST_CASE("every score is where its event is, and the full network's") {
  const auto matrix = testing::random_matrix(8, 14, 0.5, 21).relative_profiles();
  const Mapping mapping = testing::random_mapping({14, 14}, 1, 22);
  ScreenPlan plan{select_targets(matrix), both_scores, both_scores, {}};
  const PairIndex index(matrix, plan.targets);
  const Scores scores = screen_in(1, plan, matrix, std::vector{CollapsedMapping(mapping)});
  REQUIRE(std::ssize(scores.singles) == plan.targets.total());
  REQUIRE(std::ssize(scores.pairs) == index.total());
  for (std::int64_t k = 0; k < plan.targets.total(); ++k) {
    const auto genes = matrix.expressed(cell_of_event(plan.targets.starts(), k));
    const std::vector<std::int32_t> removed{plan.targets.genes()[static_cast<std::size_t>(k)]};
    CHECK(static_cast<double>(scores.singles[static_cast<std::size_t>(k)]) ==
          Approx(testing::full_impact(mapping, genes, removed)).margin(1e-7));
    CHECK(static_cast<double>(scores.network_of_singles[static_cast<std::size_t>(k)]) ==
          Approx(testing::full_network_impact(mapping, genes, removed)).margin(1e-7));
  }
  for (std::int64_t k = 0; k < index.total(); ++k) {
    const auto [cell, pair] = index.locate(k);
    const auto targets = plan.targets.of(cell);
    const std::vector<std::int32_t> removed{targets[static_cast<std::size_t>(pair.first)],
                                            targets[static_cast<std::size_t>(pair.second)]};
    CHECK(static_cast<double>(scores.pairs[static_cast<std::size_t>(k)]) ==
          Approx(testing::full_impact(mapping, matrix.expressed(cell), removed)).margin(1e-6));
    CHECK(static_cast<double>(scores.network_of_pairs[static_cast<std::size_t>(k)]) ==
          Approx(testing::full_network_impact(mapping, matrix.expressed(cell), removed)).margin(1e-6));
  }
}

TEST_CASE("on every base: singles, pairs and lists are those of the definition, for any number of shards") {
  const Base base = GENERATE(Base::fitted, Base::shrunk, Base::observed);
  std::vector<std::vector<float>> counts;
  for (int cell = 0; cell < 5; ++cell) {
    counts.emplace_back();
    for (int gene = 0; gene < 9; ++gene)
      counts.back().push_back(static_cast<float>((gene * 5 + cell * 7) % 11));
  }
  const auto matrix = testing::matrix_of(counts).relative_profiles();
  REQUIRE(matrix.total(0) == 48);
  const Mapping mapping = testing::random_mapping({9, 9}, 1, 24);
  std::vector<CollapsedMapping> members{CollapsedMapping(mapping)};
  const std::vector<double> variances{1e-3, 1e-4, 0, 1e-5, 2e-3, 1e-4, 3e-4, 1e-2, 1e-6};
  members.front().set_share_variances(NodeArray(variances));
  ScreenPlan plan{select_targets(matrix), both_scores, both_scores, {}};
  plan.base = base;
  const std::vector<std::int32_t> cells{3, 0, 3};
  std::vector<std::int32_t> lost;
  for (const std::int32_t cell : cells)
    for (const std::size_t at : {0, 2, 4}) lost.push_back(matrix.expressed(cell)[at]);
  plan.list = EventList(3, NodeArray(lost), NodeArray(cells));
  const Scores scores = screen_in(1, plan, matrix, members);
  for (const std::int64_t shards : {2, 3, 7}) CHECK((screen_in(shards, plan, matrix, members) == scores));

  const auto expected = [&](std::int64_t cell, std::span<const std::int32_t> removed) {
    const auto genes = matrix.expressed(cell);
    std::vector<double> observed;
    for (const float count : counts[static_cast<std::size_t>(cell)])
      observed.push_back(static_cast<double>(count) / matrix.total(cell));
    const testing::PlainBase plain{base, observed, matrix.total(cell), variances,
                                   [&](std::span<const std::int32_t> without) {
                                     std::vector<std::int32_t> left;
                                     for (const std::int32_t gene : genes)
                                       if (std::find(without.begin(), without.end(), gene) == without.end())
                                         left.push_back(gene);
                                     return testing::full_profile(mapping, left);
                                   }};
    return plain.scores(removed);
  };
  const auto check = [&](float impact, float network, const KnockoutScores& right) {
    CHECK(static_cast<double>(impact) == Approx(right.impact).margin(2e-6));
    CHECK(static_cast<double>(network) == Approx(right.network).margin(2e-6));
  };
  for (std::size_t k = 0; k < scores.singles.size(); ++k)
    check(scores.singles[k], scores.network_of_singles[k],
          expected(cell_of_event(plan.targets.starts(), static_cast<std::int64_t>(k)),
                   plan.targets.genes().subspan(k, 1)));
  const PairIndex index(matrix, plan.targets);
  for (std::size_t k = 0; k < scores.pairs.size(); ++k) {
    const auto [cell, pair] = index.locate(static_cast<std::int64_t>(k));
    const auto targets = plan.targets.of(cell);
    const std::vector<std::int32_t> removed{targets[static_cast<std::size_t>(pair.first)],
                                            targets[static_cast<std::size_t>(pair.second)]};
    check(scores.pairs[k], scores.network_of_pairs[k], expected(cell, removed));
  }
  for (std::size_t k = 0; k < cells.size(); ++k)
    check(scores.list[k], scores.network_of_list[k], expected(cells[k], std::span(lost).subspan(3 * k, 3)));
}

TEST_CASE("the scores are the same bits for any number of shards, more than events included") {
  const auto matrix = testing::random_matrix(6, 10, 0.6, 23).relative_profiles();
  const auto mapping = testing::collapsed(testing::random_members(1, {10, 10}, 24));
  ScreenPlan plan{select_targets(matrix), both_scores, both_scores, {}};
  plan.list = sample_pairs(plan.targets, PairIndex(matrix, plan.targets), 30, 1);
  const Scores whole = screen_in(1, plan, matrix, mapping);
  for (const std::int64_t shards : {2, 3, 4, 7, 64, 1000})
    CHECK((screen_in(shards, plan, matrix, mapping) == whole));
}

TEST_CASE("a listed pair has the scores of the full triangle, in either order of its genes") {
  const auto matrix = testing::random_matrix(5, 12, 0.7, 25).relative_profiles();
  const auto mapping = testing::collapsed(testing::random_members(1, {12, 12}, 26));
  ScreenPlan plan{select_targets(matrix), {}, both_scores, {}};
  const PairIndex index(matrix, plan.targets);
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  for (std::int64_t k = index.total() - 1; k >= 0; --k) {  // backwards, and the second gene first
    const auto [cell, pair] = index.locate(k);
    genes.push_back(plan.targets.of(cell)[static_cast<std::size_t>(pair.second)]);
    genes.push_back(plan.targets.of(cell)[static_cast<std::size_t>(pair.first)]);
    cells.push_back(static_cast<std::int32_t>(cell));
  }
  plan.list = EventList(2, NodeArray(std::move(genes)), NodeArray(std::move(cells)));
  const Scores scores = screen_in(3, plan, matrix, mapping);
  // To rounding: a list is scored in double precision, all pairs are in single.
  const std::size_t last = scores.pairs.size() - 1;
  for (std::size_t k = 0; k <= last; ++k) {
    CHECK(scores.list[last - k] == Approx(scores.pairs[k]).margin(1e-6));
    CHECK(scores.network_of_list[last - k] == Approx(scores.network_of_pairs[k]).margin(1e-6));
  }
}

TEST_CASE("what is not asked for is not computed, and changes nothing else") {
  const auto matrix = testing::random_matrix(5, 12, 0.7, 25).relative_profiles();
  const auto mapping = testing::collapsed(testing::random_members(1, {12, 12}, 26));
  ScreenPlan plan{select_targets(matrix), both_scores, both_scores, {}};
  const Scores all = screen_in(2, plan, matrix, mapping);
  plan.singles = {false, true};
  plan.doubles = {true, false};
  const Scores some = screen_in(2, plan, matrix, mapping);
  CHECK(some.singles.empty());
  CHECK(some.network_of_singles == all.network_of_singles);
  CHECK(some.pairs == all.pairs);
  CHECK(some.network_of_pairs.empty());
}

TEST_CASE("restricted targets have the scores they have in the full screen") {
  const auto matrix = testing::random_matrix(6, 10, 0.8, 27).relative_profiles();
  const auto mapping = testing::collapsed(testing::random_members(1, {10, 10}, 28));
  const ScreenPlan all{select_targets(matrix), both_scores, {}, {}};
  const ScreenPlan some{select_targets(matrix, std::vector<std::int32_t>{1, 4, 8}), both_scores, {}, {}};
  const Scores every = screen_in(1, all, matrix, mapping);
  const Scores few = screen_in(2, some, matrix, mapping);
  std::size_t at = 0;
  for (std::int64_t k = 0; k < all.targets.total(); ++k) {
    const std::int32_t gene = all.targets.genes()[static_cast<std::size_t>(k)];
    if (gene != 1 && gene != 4 && gene != 8) continue;
    CHECK(few.singles.at(at++) == every.singles[static_cast<std::size_t>(k)]);
  }
  CHECK(at == few.singles.size());
}

TEST_CASE("progress ends at its total") {
  const auto matrix = testing::random_matrix(6, 10, 0.6, 23).relative_profiles();
  const auto mapping = testing::collapsed(testing::random_members(1, {10, 10}, 24));
  const ScreenPlan plan{select_targets(matrix), both_scores, both_scores, {}};
  testing::MemorySink sink;
  std::int64_t last = 0;
  std::int64_t end = -1;
  ShardOptions options;
  options.progress = [&](std::int64_t done, std::int64_t total) {
    CHECK(done > last);
    last = done;
    end = total;
  };
  CHECK(screen_shard(plan, matrix, mapping, 0, 1, sink, options));
  CHECK(last == end);
}

TEST_CASE("a list alone needs no targets, and its progress ends at its total too") {
  const auto matrix = testing::random_matrix(6, 10, 0.8, 23).relative_profiles();
  const auto mapping = testing::collapsed(testing::random_members(1, {10, 10}, 24));
  const KnockoutTargets targets = select_targets(matrix);
  ScreenPlan plan;
  plan.list = sample_pairs(targets, PairIndex(matrix, targets), 20, 1);
  testing::MemorySink sink;
  std::int64_t left = -1;
  for (const std::int64_t shard : {0, 1, 2}) {
    ShardOptions options;
    options.progress = [&](std::int64_t done, std::int64_t total) { left = total - done; };
    screen_shard(plan, matrix, mapping, shard, 3, sink, options);
    CHECK(left == 0);
  }
  CHECK(sink.scores(ScoreArray::list, Score::impact).size() == 20);
}

TEST_CASE("three members give the same bits for any number of shards, in pairs as in the list") {
  const auto matrix = testing::random_matrix(6, 10, 0.6, 23).relative_profiles();
  const auto members = testing::collapsed(testing::random_members(3, {10, 10}, 24));
  ScreenPlan plan = testing::full_plan(matrix, 3);
  plan.list = sample_pairs(plan.targets, PairIndex(matrix, plan.targets), 30, 1);
  const testing::MemorySink whole = scored_in(1, plan, matrix, members);
  for (const ScoreArray array : every_array) {
    for (const Score score : every_score)
      REQUIRE(whole.scores(array, score).empty() != testing::is_stored(array, score, 3));
  }
  for (const std::int64_t shards : {2, 3, 4, 64}) {
    const testing::MemorySink parts = scored_in(shards, plan, matrix, members);
    for (const ScoreArray array : every_array) {
      for (const Score score : every_score) CHECK(parts.scores(array, score) == whole.scores(array, score));
    }
  }
  const PairIndex index(matrix, plan.targets);
  for (const Score score : every_score) {
    if (!testing::is_stored(ScoreArray::pairs, score, 3)) continue;
    const auto pairs = whole.scores(ScoreArray::pairs, score);
    for (std::int64_t event = 0; event < plan.list->size(); ++event) {
      const auto genes = plan.list->genes(event);
      const auto targets = plan.targets.of(plan.list->cell(event));
      const auto place = [&](std::int32_t gene) {
        return std::lower_bound(targets.begin(), targets.end(), gene) - targets.begin();
      };
      const std::int64_t pair = index.number({plan.list->cell(event), {place(genes[0]), place(genes[1])}});
      // The list goes through the kernel one by one, in double precision; all pairs in single precision.
      CHECK(whole.scores(ScoreArray::list, score)[static_cast<std::size_t>(event)] ==
            Approx(pairs[static_cast<std::size_t>(pair)]).epsilon(1e-5).margin(1e-6));
    }
  }
}

TEST_CASE("the share of a single knockout is the intact cell's, the mean of the members' full networks") {
  const auto matrix = testing::random_matrix(6, 10, 0.8, 27).relative_profiles();
  const auto mappings = testing::random_members(GENERATE(1, 3), {10, 10}, 28);
  ScreenPlan plan = testing::full_plan(matrix, std::ssize(mappings));
  plan.targets = select_targets(matrix, std::vector<std::int32_t>{1, 4, 8});
  plan.list.reset();
  const auto shares =
      scored_in(3, plan, matrix, testing::collapsed(mappings)).scores(ScoreArray::singles, Score::share);
  REQUIRE(std::ssize(shares) == plan.targets.total());
  for (std::int64_t k = 0; k < plan.targets.total(); ++k) {
    const auto expressed = matrix.expressed(cell_of_event(plan.targets.starts(), k));
    const auto gene = static_cast<std::size_t>(plan.targets.genes()[static_cast<std::size_t>(k)]);
    double mean = 0;
    for (const Mapping& mapping : mappings) mean += testing::full_profile(mapping, expressed)[gene];
    mean /= static_cast<double>(mappings.size());
    CHECK(static_cast<double>(shares[static_cast<std::size_t>(k)]) == Approx(mean).margin(1e-7));
  }
}

TEST_CASE("a screen is not made by other than as many members as planned") {
  const auto matrix = testing::random_matrix(3, 6, 0.9, 23).relative_profiles();
  const auto members = testing::collapsed(testing::random_members(2, {6, 6}, 24));
  testing::MemorySink sink;
  CHECK_THROWS_AS(screen_shard(testing::full_plan(matrix, 3), matrix, members, 0, 1, sink), std::logic_error);
}
