// What a screen that was interrupted has still to do, and that it does no more and no less.
#include "dko/knockout/screen/pending_events.hpp"

#include <catch2/catch.hpp>

#include "support/screens.hpp"

using namespace dko;

namespace {

/// Passes on what comes in whole blocks, and notices what does not.
class BlockSink final : public ScoreSink {
 public:
  BlockSink(testing::MemorySink& sink, const PendingEvents& work) : sink_(sink), work_(work) {}
  void write(ScoreArray array, std::int64_t first, const ScoreViews& scores) override {
    const std::int64_t block = work_[array].block;
    const std::int64_t last = first + std::ssize(scores.impact);
    CHECK(first % block == 0);
    CHECK((last % block == 0 || last == work_[array].ranges.back().last));
    done[array].push_back({first, last});
    sink_.write(array, first, scores);
  }
  std::map<ScoreArray, std::vector<EventRange>> done;

 private:
  testing::MemorySink& sink_;
  const PendingEvents& work_;
};

struct Screened {
  explicit Screened(std::int64_t members = 1)
      : matrix(testing::random_matrix(9, 15, 0.6, 91).relative_profiles()),
        plan(testing::full_plan(matrix, members)),
        mappings(testing::collapsed(testing::random_members(members, {15, 15}, 92))) {
    screen_shard(plan, matrix, mappings, 0, 1, whole);
  }
  void check(const testing::MemorySink& scores) const {
    for (const ScoreArray array : every_array) {
      for (const Score score : every_score) CHECK(scores.scores(array, score) == whole.scores(array, score));
    }
  }
  RelativeProfiles matrix;
  ScreenPlan plan;
  std::vector<CollapsedMapping> mappings;
  testing::MemorySink whole;
};

bool same(const std::vector<EventRange>& some, const std::vector<EventRange>& others) {
  return std::equal(
      some.begin(), some.end(), others.begin(), others.end(),
      [](const EventRange& a, const EventRange& b) { return a.first == b.first && a.last == b.last; });
}

}  // namespace

TEST_CASE("what is left is all but what is done, in whatever order that came") {
  CHECK(same(all_but({}, 7), {{0, 7}}));
  CHECK(all_but({}, 0).empty());
  CHECK(all_but({{3, 7}, {0, 3}}, 7).empty());
  CHECK(same(all_but({{5, 6}, {1, 2}, {2, 4}}, 9), {{0, 1}, {4, 5}, {6, 9}}));
}

TEST_CASE("blocks are small beside a rank's share, and of one event where there are few") {
  CHECK(block_for(10, 4) == 1);
  CHECK(block_for(std::int64_t{1} << 40, 1) == events_of_block);
  for (const std::int64_t shards : {1, 2, 100, 1000}) {
    const std::int64_t block = block_for(8'000'000, shards);
    CHECK(8'000'000 / shards / block >= (block == 1 ? 1 : 256));
  }
}

TEST_CASE("shards of what is left do it in whole blocks, and with the scores of the whole screen") {
  const Screened screened(GENERATE(1, 3));
  for (const std::int64_t shards : {1, 2, 3, 7, 40}) {
    PendingEvents work = whole_work(screened.plan, screened.matrix, shards);
    work.pairs.block = 8;
    work.singles.block = 4;
    PendingEvents first = work;
    PendingEvents second = work;
    const std::int64_t pairs = work.pairs.events();
    const std::int64_t singles = work.singles.events();
    first.pairs.ranges = {{8, 16}, {40, 96}, {160, 168}};
    second.pairs.ranges = all_but(first.pairs.ranges, pairs);
    first.singles.ranges = {{0, 8}};
    second.singles.ranges = all_but(first.singles.ranges, singles);
    second.list.ranges.clear();
    testing::MemorySink scores;
    for (const PendingEvents* part : {&first, &second}) {
      BlockSink sink(scores, work);
      for (std::int64_t shard = 0; shard < shards; ++shard) {
        CHECK(screen_shard(screened.plan, screened.matrix, screened.mappings, shard, shards, sink,
                           {.work = part}));
      }
    }
    screened.check(scores);
  }
}

TEST_CASE("a screen that is stopped, at any moment, goes on to the scores of one that was not") {
  const Screened screened;
  std::int64_t asked = 0;
  bool is_stopped = true;
  for (std::int64_t stop_at = 0; is_stopped; ++stop_at) {
    PendingEvents work = whole_work(screened.plan, screened.matrix, 2);
    work.pairs.block = 8;
    work.singles.block = 4;
    testing::MemorySink scores;
    BlockSink sink(scores, work);
    is_stopped = false;
    for (std::int64_t shard = 0; shard < 2; ++shard) {
      asked = 0;
      const ShardOptions options{.work = &work,
                                 .pause = [&] { return asked++ == stop_at ? Pause::stop : Pause::go_on; },
                                 .cost_between_pauses = 1};
      if (!screen_shard(screened.plan, screened.matrix, screened.mappings, shard, 2, sink, options))
        is_stopped = true;
    }
    PendingEvents left = work;
    for (const ScoreArray array : every_array)
      left[array].ranges = all_but(sink.done[array], work[array].events());
    BlockSink rest(scores, work);
    for (std::int64_t shard = 0; shard < 3; ++shard)
      CHECK(screen_shard(screened.plan, screened.matrix, screened.mappings, shard, 3, rest, {.work = &left}));
    screened.check(scores);
    REQUIRE(stop_at < 10000);
  }
}
