#include "dko/results/screen_file/completion_count.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "dko/results/screen_file/rank_snapshots.hpp"
#include "support/old_state.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace {

struct Begun {
  explicit Begun(PairKeeping::Form form)
      : matrix(testing::random_matrix(9, 14, 0.7, 95).relative_profiles()), plan(testing::full_plan(matrix)) {
    plan.keeping.form = form;
    if (form == PairKeeping::Form::selected) plan.keeping.top = 2;
    if (form != PairKeeping::Form::all) plan.list.reset();
    create_screen_file(path(), matrix, plan, start_provenance("dko screen", 1));
  }
  std::filesystem::path path() const { return folder / "x.h5.partial"; }
  std::int64_t pairs() const { return PairIndex(matrix, plan.targets).total(); }
  std::string job() const {
    const hdf5::File file = hdf5::File::open(path(), hdf5::Access::read);
    return file.group("progress").text_attribute("job");
  }
  /// As the file's own states are.
  RankSnapshots states() const { return {path(), job()}; }
  /// One of two shards.
  void score(std::int64_t shard) const {
    const auto members = testing::collapsed(testing::random_members(1, {14, 14}, 96));
    const PendingEvents work = whole_work(plan, matrix, 1);
    ScreenWriter writer(path(), Communicator::one_rank(), plan);
    screen_shard(plan, matrix, members, shard, 2, writer, {.work = &work});
    writer.close();
  }

  testing::TemporaryFolder folder;
  RelativeProfiles matrix;
  ScreenPlan plan;
};

}  // namespace

TEST_CASE("blocks on record are counted, of all arrays") {
  const Begun screen(PairKeeping::Form::all);
  const std::int64_t all = screen.plan.targets.total() + screen.pairs() + screen.plan.list->size();
  CHECK(count_scored(screen.path()).scored == 0);
  CHECK(count_scored(screen.path()).of == all);
  screen.score(0);
  const std::int64_t first = count_scored(screen.path()).scored;
  CHECK(first > 0);
  CHECK(first < all);
  screen.score(1);
  CHECK(count_scored(screen.path()).scored == all);
}

TEST_CASE("of selected pairs those are counted that selections were made from") {
  const Begun screen(PairKeeping::Form::selected);
  CHECK(count_scored(screen.path()).of == screen.plan.targets.total() + screen.pairs());
  const RankSnapshots states = screen.states();
  states.save(SelectionView{{{0, 5}, {7, 9}}, {}, {}}, screen.plan.doubles, Communicator::one_rank());
  CHECK(count_scored(screen.path()).scored == 7);
  // What was taken over from the file of a single rank is there once.
  testing::write_old_state(screen.path(), screen.job(), {{{0, 5}}, {}}, screen.plan.doubles, 1);
  CHECK(count_scored(screen.path()).scored == 7);
  testing::write_old_state(screen.path(), screen.job(), {{{10, 12}}, {}}, screen.plan.doubles, 2);
  CHECK(count_scored(screen.path()).scored == 9);
  // Files of another screen do not count.
  testing::write_old_state(screen.path(), "other", {{{20, 30}}, {}}, screen.plan.doubles, 3);
  CHECK(count_scored(screen.path()).scored == 9);
}

TEST_CASE("of a summary pairs are counted in each cell they were added in") {
  const Begun screen(PairKeeping::Form::summary);
  CHECK(count_scored(screen.path()).of == screen.plan.targets.total() + screen.pairs());
  const PairGenes genes = pair_genes(screen.plan, screen.matrix);
  PairSums sums(summed_measures(screen.plan));
  sums.reset(0, 2, genes.count());
  sums.cell_counts()[0] = 3;
  sums.cell_counts()[1] = 1;
  screen.states().save(sums, PairDivision(genes, {0, 2}, 1, sums_costs(1)), 1, Communicator::one_rank());
  CHECK(count_scored(screen.path()).scored == 4);
}

TEST_CASE("other files cannot be counted") {
  const testing::TemporaryFolder folder;
  CHECK_THROWS_AS(count_scored(folder / "none.h5"), InputError);
  testing::write_file(folder / "text.h5", "no HDF5 file");
  CHECK_THROWS_AS(count_scored(folder / "text.h5"), InputError);
}
