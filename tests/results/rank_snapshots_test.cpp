// What selections and sums are put down with is what they go on from, on another number of ranks.
#include "dko/results/screen_file/rank_snapshots.hpp"

#include <catch2/catch.hpp>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "dko/parallel/collective.hpp"
#include "support/old_state.hpp"
#include "support/screens.hpp"
#include "support/selections.hpp"

using namespace dko;

namespace rank_snapshots_test {

struct Data {
  explicit Data(std::int64_t cells = 9)
      : matrix(testing::random_matrix(cells, 14, 0.7, 95).relative_profiles()),
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

/// A part of a selection by as many ranks, each stopped, or not, after a while: what this rank has then.
SelectionState begin_selection(const Data& data, std::int64_t stop_at) {
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
  return testing::copy_of(selection.view());
}

/// The rest of it, by these ranks.
PairSelection end_selection(const Data& data, const RankSnapshots& states, const Communicator& ranks) {
  PairSelection selection(data.plan.keeping, data.plan.doubles);
  std::vector<EventRange> done;
  for (SelectionState& state : states.take_selections(done, ranks)) selection.restore(std::move(state));
  PendingEvents work;
  work.pairs.ranges = all_but(done, data.index.total());
  testing::MemorySink singles;
  screen_shard(data.plan, data.matrix, data.members, ranks.rank(), ranks.size(), singles,
               {.selection = &selection, .work = &work});
  selection.finish(data.index.starts(), ranks);
  return selection;
}

/// All of this rank's sums, by the number of the pair.
class SumsSink final : public PairSumsSink {
 public:
  SumsSink(const RankSnapshots& states, const Communicator& ranks) : states_(states), ranks_(ranks) {}
  void write(const PairSums& sums, const PairDivision& division) override {
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
    firsts.push_back(division.firsts());
  }
  void keep(const PairSums& sums, const PairDivision& division, std::int64_t next_cell) override {
    states_.save(sums, division, next_cell, ranks_);
    ++saved;
  }
  /// Numbers of all ranks, by pair, on rank 0.
  std::map<std::int64_t, std::vector<double>> gathered() const {
    std::vector<double> numbers;
    for (const auto& [pair, row] : rows) {
      numbers.insert(numbers.end(), {static_cast<double>(pair), static_cast<double>(row.size())});
      numbers.insert(numbers.end(), row.begin(), row.end());
    }
    const std::vector<double> all = ranks_.gather(std::span<const double>(numbers)).or_empty();
    std::map<std::int64_t, std::vector<double>> joined;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = at + 2 + static_cast<std::size_t>(all[at + 1]);
      std::vector<double>& row = joined[static_cast<std::int64_t>(all[at])];
      REQUIRE(row.empty());
      for (at += 2; at < end; ++at) row.push_back(all[at]);
    }
    return joined;
  }
  std::map<std::int64_t, std::vector<double>> rows;
  std::vector<EventRange> firsts;
  std::int64_t saved = 0;

 private:
  const RankSnapshots& states_;
  const Communicator& ranks_;
};

/// Scores of all single knockouts.
PerScore<std::vector<float>> singles_of(const Data& data) {
  testing::MemorySink all;
  screen_shard(data.plan, data.matrix, data.members, 0, 1, all);
  PerScore<std::vector<float>> values;
  for (const Score score : every_score) values[score] = all.scores(ScoreArray::singles, score);
  return values;
}

ScoreViews views_of(const PerScore<std::vector<float>>& values) {
  ScoreViews views;
  for (const Score score : every_score) views[score] = values[score];
  return views;
}

/// The work that is left when blocks of these first genes are there.
PairSumsWork left_of(const RankSnapshots& states, const Data& data, const std::vector<EventRange>& done,
                     const Communicator& ranks) {
  const std::int64_t k = pair_genes(data.plan, data.matrix).count();
  const std::vector<EventRange> left = all_but(done, k);
  std::vector<EventRange> taken;
  PairSumsWork work;
  work.begun = states.take_sums(summed_measures(data.plan), k, left, taken, ranks);
  for (const EventRange& range : all_but(left, k)) taken.push_back(range);
  work.firsts = all_but(taken, k);
  return work;
}

TEST_CASE("a selection that was stopped goes on to what one that was not keeps") {
  const testing::SharedFolder folder;
  const Communicator& ranks = testing::world();
  Data data;
  data.plan.keeping = {
      PairKeeping::Form::selected, GENERATE(0, 1, 4), {}, {Score::network, GENERATE(false, true)}};
  if (data.plan.keeping.top == 0) data.plan.keeping.threshold = 0.01;
  const std::vector<float> whole = kept_by(selected(data, ranks), ranks);
  const bool is_old = GENERATE(false, true);
  for (const std::int64_t stop_at : {1, 2, 5, 9, 1000}) {
    const RankSnapshots states(folder / "x.partial", "one job");
    const SelectionState begun = begin_selection(data, stop_at);
    if (is_old)
      testing::write_old_state(folder / "x.partial", "one job", begun, data.plan.doubles, ranks.rank());
    else
      states.save(testing::view_of(begun), data.plan.doubles, ranks);
    // A job of another file, and what was being written, are passed over.
    testing::write_old_state(folder / "x.partial", "another job", {{{0, 5}}, {}}, data.plan.doubles,
                             100 + ranks.rank());
    if (ranks.is_root()) testing::write_file(folder / "x.partial.state-selection.partial", "begun");
    ranks.barrier();
    if (ranks.is_root()) {
      const PairSelection alone = end_selection(data, states, Communicator::one_rank());
      CHECK(kept_by(alone, Communicator::one_rank()) == whole);
    }
    CHECK(kept_by(end_selection(data, states, ranks), ranks).size() == whole.size());
    // What was taken over and put down again counts once.
    if (ranks.is_root()) {
      const PairSelection again = end_selection(data, states, Communicator::one_rank());
      states.save({again.done(), again.kept(), {}}, data.plan.doubles, Communicator::one_rank());
      std::vector<EventRange> done;
      CHECK(states.take_selections(done, Communicator::one_rank()).size() == 1);
      RankSnapshots::remove_all(folder / "x.partial");
      CHECK(states.take_selections(done, Communicator::one_rank()).empty());
    }
    ranks.barrier();
  }
}

TEST_CASE("selections of all ranks are one file, and what is damaged in it is not gone on from") {
  const testing::SharedFolder folder;
  const Communicator& ranks = testing::world();
  Data data;
  data.plan.keeping = {PairKeeping::Form::selected, 4, {}, {Score::network, false}};
  const RankSnapshots states(folder / "x.partial", "one job");
  const SelectionState begun = begin_selection(data, 1000);
  REQUIRE(!begun.pairs.empty());
  for (int times = 0; times < 2; ++times) states.save(testing::view_of(begun), data.plan.doubles, ranks);
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "."))
    files.push_back(entry.path().filename().string());
  CHECK(files == std::vector<std::string>{"x.partial.state-selection"});
  std::vector<EventRange> done;
  const std::vector<SelectionState> own = states.take_selections(done, ranks);
  REQUIRE(own.size() == 1);
  CHECK(std::ssize(done) >= ranks.size());
  CHECK(own.front().done.size() == begun.done.size());
  CHECK(own.front().pairs.size() == begun.pairs.size());
  ranks.barrier();
  // Rank 0's first value.
  on_root(ranks, [&] {
    hdf5::File file = hdf5::File::open(folder / "x.partial.state-selection", hdf5::Access::write);
    const std::vector<float> wrong{begun.pairs.front().value + 1};
    file.dataset("values").write(0, std::span<const float>(wrong));
    file.close();
  });
  CHECK_THROWS_AS(states.take_selections(done, ranks), CollectiveFailure);
}

TEST_CASE("sums of all ranks are one file, and what is damaged in it is not gone on from") {
  const testing::SharedFolder folder;
  const Communicator& ranks = testing::world();
  Data data(60);
  const PerScore<std::vector<float>> singles = singles_of(data);
  data.plan.keeping.form = PairKeeping::Form::summary;
  data.plan.keeping.memory = 12000;  // several blocks
  const RankSnapshots states(folder / "x.partial", "one job");
  SumsSink sums(states, ranks);
  const PairGenes genes = pair_genes(data.plan, data.matrix);
  std::int64_t asked = 0;
  const auto pause = [&] {
    return asked++ == 30 && ranks.is_root() ? Pause::stop : asked % 4 == 0 ? Pause::save : Pause::go_on;
  };
  PairSumsScreen screen(data.plan, data.matrix, data.members, genes, whole_sums(genes), ranks);
  screen.run(views_of(singles), sums, pause);
  REQUIRE(sums.saved > 0);
  CHECK(!left_of(states, data, {}, ranks).begun.empty());
  std::string file;
  for (const auto& entry : std::filesystem::directory_iterator(folder / ".")) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("x.partial.state-genes")) file = std::max(file, name);
  }
  REQUIRE(!file.empty());
  // The first value of an array.
  const auto replace = [&]<class T>(const char* array, T value) {
    std::vector<T> first(1);
    on_root(ranks, [&] {
      hdf5::File opened = hdf5::File::open(folder / file, hdf5::Access::write);
      opened.dataset(array).read(0, std::span<T>(first));
      opened.dataset(array).write(0, std::span<const T>(std::vector<T>{value}));
      opened.close();
    });
    ranks.barrier();
    return first.front();
  };
  const auto refuses = [&]<class T>(const char* array, T wrong) {
    const T right = replace(array, wrong);
    CHECK_THROWS_AS(left_of(states, data, {}, ranks), CollectiveFailure);
    replace(array, right);
  };
  refuses("cells", std::int32_t{77});
  refuses("measure0/sum", 7.5);
  refuses("measure0/highest", 7.5F);
  CHECK(!left_of(states, data, {}, ranks).begun.empty());
}

TEST_CASE(
    "sums that were stopped go on to the bits of those that were not, on other ranks, in other blocks") {
  const testing::SharedFolder folder;
  const Communicator& ranks = testing::world();
  const Communicator one = Communicator::one_rank();
  const double memory = GENERATE(1 << 20, 12000, 7000);  // one block, and several
  const double memory_after = GENERATE(1 << 20, 7000);
  Data data(60);
  const PerScore<std::vector<float>> values = singles_of(data);
  const ScoreViews singles = views_of(values);
  data.plan.keeping.form = PairKeeping::Form::summary;
  const PairGenes genes = pair_genes(data.plan, data.matrix);
  REQUIRE(least_sums_memory(data.plan, genes) <= 7000);
  const RankSnapshots states(folder / "x.partial", "one job");
  SumsSink whole(states, one);
  CHECK(PairSumsScreen(data.plan, data.matrix, data.members, genes, whole_sums(genes), one)
            .run(singles, whole));
  std::int64_t saved = 0;
  for (std::int64_t stop_at = 0; stop_at < 60; stop_at += 5) {
    data.plan.keeping.memory = memory;
    SumsSink sums(states, ranks);
    std::int64_t asked = 0;
    const auto pause = [&] {
      return asked++ == stop_at && ranks.is_root() ? Pause::stop
             : asked % 4 == 0                      ? Pause::save
                                                   : Pause::go_on;
    };
    PairSumsScreen(data.plan, data.matrix, data.members, genes, whole_sums(genes), ranks)
        .run(singles, sums, pause);
    saved += sums.saved;
    data.plan.keeping.memory = memory_after;
    const std::map<std::int64_t, std::vector<double>> before = sums.gathered();
    const auto complete = [&](SumsSink& rest) {
      std::map<std::int64_t, std::vector<double>> joined = rest.gathered();
      const std::size_t both = joined.size() + before.size();
      joined.insert(before.begin(), before.end());
      if (ranks.is_root()) CHECK(joined.size() == both);  // nothing is done again
      return joined;
    };
    ranks.barrier();
    if (ranks.is_root()) {
      SumsSink alone(states, one);
      CHECK(PairSumsScreen(data.plan, data.matrix, data.members, genes,
                           left_of(states, data, sums.firsts, one), one)
                .run(singles, alone));
      CHECK(complete(alone) == whole.rows);
    }
    ranks.barrier();
    SumsSink rest(states, ranks);
    CHECK(PairSumsScreen(data.plan, data.matrix, data.members, genes,
                         left_of(states, data, sums.firsts, ranks), ranks)
              .run(singles, rest));
    const auto joined = complete(rest);
    if (ranks.is_root()) {
      CHECK(joined == whole.rows);
      RankSnapshots::remove_all(folder / "x.partial");
    }
    ranks.barrier();
  }
  if (memory < 1 << 20) CHECK(saved > 0);  // or all is one round
}

}  // namespace rank_snapshots_test
