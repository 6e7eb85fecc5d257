// What selections and sums are put down with is what they go on from, on another number of ranks.
#include "dko/results/screen_file/rank_snapshots.hpp"

#include <catch2/catch.hpp>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace {

struct Data {
  Data()
      : matrix(testing::random_matrix(9, 14, 0.7, 95).relative_profiles()),
        plan(testing::full_plan(matrix)),
        members(testing::collapsed(testing::random_members(1, {14, 14}, 96))),
        index(matrix, plan.targets) {
    plan.list.reset();
  }
  RelativeProfiles matrix;
  ScreenPlan plan;
  std::vector<CollapsedMapping> members;
  PairIndex index;
};

/// Numbers and scores of what is kept, of all ranks, on rank 0.
std::vector<float> kept_by(const PairSelection& selection, const Communicator& ranks) {
  std::vector<float> values;
  for (const KeptPair& pair : selection.kept()) {
    values.push_back(static_cast<float>(pair.number));
    values.push_back(pair.scores.impact);
    values.push_back(pair.scores.network);
  }
  return ranks.gather(std::span<const float>(values)).or_empty();
}

PairSelection selected(const Data& data, const Communicator& ranks) {
  PairSelection selection(data.plan.keeping, data.plan.doubles);
  testing::MemorySink singles;
  screen_shard(data.plan, data.matrix, data.members, ranks.rank(), ranks.size(), singles,
               {.selection = &selection});
  selection.finish(data.index.starts(), ranks);
  return selection;
}

/// A part of a selection by as many ranks, each stopped, or not, after a while.
void begin_selection(const Data& data, const RankSnapshots& states, std::int64_t stop_at) {
  const Communicator& ranks = testing::world();
  PairSelection selection(data.plan.keeping, data.plan.doubles);
  testing::MemorySink singles;
  std::int64_t asked = 0;
  PendingEvents work;
  work.pairs.ranges = {{0, data.index.total()}};
  screen_shard(data.plan, data.matrix, data.members, ranks.rank(), ranks.size(), singles,
               {.selection = &selection,
                .work = &work,
                .pause = [&] { return ++asked >= stop_at ? Pause::stop : Pause::go_on; },
                .cost_between_pauses = 1});
  states.save(selection.state(), data.plan.doubles, ranks.rank());
}

/// The rest of it, by these ranks.
PairSelection end_selection(const Data& data, const RankSnapshots& states, const Communicator& ranks) {
  PairSelection selection(data.plan.keeping, data.plan.doubles);
  std::vector<EventRange> done;
  for (const SelectionState& state : states.take_selections(done, ranks)) selection.restore(state);
  PendingEvents work;
  work.pairs.ranges = all_but(done, data.index.total());
  testing::MemorySink singles;
  screen_shard(data.plan, data.matrix, data.members, ranks.rank(), ranks.size(), singles,
               {.selection = &selection, .work = &work});
  selection.finish(data.index.starts(), ranks);
  return selection;
}

/// All sums there are, by the number of the pair.
class SumsSink final : public PairSumsSink {
 public:
  explicit SumsSink(const RankSnapshots& states) : states_(states) {}
  void write(const PairSums& sums) override {
    for (std::int64_t pair = 0; pair < sums.pairs(); ++pair) {
      std::vector<double>& row = rows[sums.first_pair() + pair];
      REQUIRE(row.empty());
      row.push_back(static_cast<double>(sums.cells(pair)));
      for (std::size_t measure = 0; sums.cells(pair) > 0 && measure < sums.measures(); ++measure)
        row.insert(row.end(), {sums.over_cells(measure, pair).mean,
                               static_cast<double>(sums.over_cells(measure, pair).same_sign),
                               static_cast<double>(sums.lowest(measure, pair)),
                               static_cast<double>(sums.highest(measure, pair))});
    }
    firsts.push_back(sums.firsts());
  }
  void keep(const PairSums& sums, std::int64_t next_cell) override { states_.save(sums, next_cell); }
  std::map<std::int64_t, std::vector<double>> rows;
  std::vector<EventRange> firsts;

 private:
  const RankSnapshots& states_;
};

}  // namespace

TEST_CASE("a selection that was stopped goes on to what one that was not keeps") {
  const testing::SharedFolder folder;
  const Communicator& ranks = testing::world();
  Data data;
  data.plan.keeping = {
      PairKeeping::Form::selected, GENERATE(0, 1, 4), {}, {Score::network, GENERATE(false, true)}};
  if (data.plan.keeping.top == 0) data.plan.keeping.threshold = 0.01;
  const std::vector<float> whole = kept_by(selected(data, ranks), ranks);
  for (const std::int64_t stop_at : {1, 2, 5, 9, 1000}) {
    const RankSnapshots states(folder / "x.partial", "one job");
    begin_selection(data, states, stop_at);
    // A job of another file, and what was being written, are passed over.
    RankSnapshots(folder / "x.partial", "another job")
        .save({{{0, 5}}, {}}, data.plan.doubles, 100 + ranks.rank());
    ranks.barrier();
    if (ranks.is_root()) {
      const PairSelection alone = end_selection(data, states, Communicator::one_rank());
      CHECK(kept_by(alone, Communicator::one_rank()) == whole);
    }
    CHECK(kept_by(end_selection(data, states, ranks), ranks).size() == whole.size());
    // What was taken over and put down again counts once.
    if (ranks.is_root()) {
      const PairSelection again = end_selection(data, states, Communicator::one_rank());
      states.save({again.done(), again.kept()}, data.plan.doubles, 50);
      std::vector<EventRange> done;
      CHECK(states.take_selections(done, Communicator::one_rank()).size() == 1);
      RankSnapshots::remove_all(folder / "x.partial");
      CHECK(states.take_selections(done, Communicator::one_rank()).empty());
    }
    ranks.barrier();
  }
}

TEST_CASE("sums that were stopped go on to the bits of those that were not") {
  const testing::SharedFolder folder;
  const double memory = GENERATE(1 << 20, 8000);  // one block, and several
  if (!testing::world().is_root()) return;
  Data data;
  testing::MemorySink all;
  screen_shard(data.plan, data.matrix, data.members, 0, 1, all);
  PerScore<std::vector<float>> values;
  ScoreViews singles;
  for (const Score score : every_score) {
    values[score] = all.scores(ScoreArray::singles, score);
    singles[score] = values[score];
  }
  data.plan.keeping.form = PairKeeping::Form::summary;
  const PairGenes genes = pair_genes(data.plan, data.matrix);
  data.plan.keeping.memory = memory;
  const RankSnapshots states(folder / "x.partial", "one job");
  SumsSink whole(states);
  CHECK(screen_pair_sums(data.plan, data.matrix, data.members, singles, whole_sums(genes), 0, 1, whole));
  for (std::int64_t stop_at = 0; stop_at < 60; stop_at += 3) {
    SumsSink sums(states);
    for (std::int64_t shard = 0; shard < 2; ++shard) {
      std::int64_t asked = 0;
      PairSumsOptions options;
      options.pause = [&] {
        return asked++ == stop_at ? Pause::stop : asked % 4 == 0 ? Pause::save : Pause::go_on;
      };
      screen_pair_sums(data.plan, data.matrix, data.members, singles, whole_sums(genes), shard, 2, sums,
                       options);
    }
    std::vector<EventRange> taken;
    PairSumsWork work{all_but(sums.firsts, genes.count()), {}};
    work.begun = states.take_sums(summed_measures(data.plan), genes.count(), work.firsts, taken,
                                  Communicator::one_rank());
    for (const EventRange& range : all_but(work.firsts, genes.count())) taken.push_back(range);
    work.firsts = all_but(taken, genes.count());
    screen_pair_sums(data.plan, data.matrix, data.members, singles, std::move(work), 0, 1, sums);
    CHECK(sums.rows == whole.rows);
    RankSnapshots::remove_all(folder / "x.partial");
  }
}
