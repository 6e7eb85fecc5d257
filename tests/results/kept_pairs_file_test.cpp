// On every number of ranks: what all of them write of selected pairs and of summaries is what one alone
// finds.
#include "dko/results/screen_file/kept_pairs_file.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/aggregate/pair_summary.hpp"
#include "dko/results/aggregate/summary.hpp"
#include "dko/results/score_reader.hpp"
#include "dko/results/screen_file/pair_summary_file.hpp"
#include "dko/results/screen_file/resume_point.hpp"
#include "dko/results/screen_file/screen_checksums.hpp"
#include "dko/results/screen_file/screen_size.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace {

constexpr double ample = 1 << 28;

struct Data {
  explicit Data(std::int64_t cells, std::int64_t with_members = 1)
      : matrix(testing::random_matrix(cells, 13, 0.6, 80).relative_profiles()),
        plan(testing::full_plan(matrix, with_members)),
        members(testing::collapsed(testing::random_members(with_members, {13, 6}, 81))) {
    plan.list.reset();
  }
  RelativeProfiles matrix;
  ScreenPlan plan;
  std::vector<CollapsedMapping> members;
};

/// Every score, by rank 0 alone.
void make_full(const std::filesystem::path& path, const Data& data) {
  on_root(testing::world(), [&] {
    create_screen_file(path, data.matrix, data.plan, start_provenance("dko screen", 1));
    ScreenWriter writer(path, Communicator::one_rank(), data.plan);
    screen_shard(data.plan, data.matrix, data.members, 0, 1, writer);
    writer.close();
    complete_screen_file(path, {});
  });
}

void complete(const std::filesystem::path& path) {
  testing::world().barrier();
  on_root(testing::world(), [&] { complete_screen_file(path, {}); });
}

/// Collective. Singles are written, selected pairs are where a screen of several parts has them.
void make_selected(const std::filesystem::path& path, const Data& data) {
  const Communicator& ranks = testing::world();
  const PendingEvents work = whole_work(data.plan, data.matrix, ranks.size());
  const auto create = [&](std::optional<std::int64_t> kept) {
    on_root(ranks, [&] {
      create_screen_file(path, data.matrix, data.plan, start_provenance("dko screen", 1),
                         {{}, {}, &work, kept});
    });
  };
  PairSelection selection(data.plan.keeping, data.plan.doubles);
  testing::MemorySink singles;
  screen_shard(data.plan, data.matrix, data.members, ranks.rank(), ranks.size(), singles,
               {.selection = &selection, .work = &work});
  const PairIndex index(data.matrix, data.plan.targets);
  selection.finish(index.starts(), ranks);
  create(count_kept(selection, ranks));
  ScreenPlan only_singles = data.plan;
  only_singles.doubles = {};
  only_singles.keeping = {};
  const PendingEvents of_singles{work.singles, {}, {}};
  ScreenWriter writer(path, ranks, data.plan);
  screen_shard(only_singles, data.matrix, data.members, ranks.rank(), ranks.size(), writer,
               {.work = &of_singles});
  writer.close();
  ranks.barrier();
  write_kept_pairs(path, data.plan, index, selection, ranks);
  complete(path);
}

void make_summary(const std::filesystem::path& path, const Data& data) {
  const Communicator& ranks = testing::world();
  const PendingEvents work = whole_work(data.plan, data.matrix, ranks.size());
  on_root(ranks, [&] {
    create_screen_file(path, data.matrix, data.plan, start_provenance("dko screen", 1), {{}, {}, &work, {}});
  });
  ScreenWriter writer(path, ranks, data.plan);
  screen_shard(data.plan, data.matrix, data.members, ranks.rank(), ranks.size(), writer, {.work = &work});
  writer.close();
  ranks.barrier();
  PerScore<std::vector<float>> stored;
  ScoreViews singles;
  for (const Score score : every_score) {
    if (!data.plan.singles.has(score)) continue;
    stored[score] = read_singles(path, score);
    singles[score] = stored[score];
  }
  PairSummaryWriter summary(path, ranks, data.plan);
  const PairGenes genes = pair_genes(data.plan, data.matrix);
  PairSumsScreen(data.plan, data.matrix, data.members, genes, whole_sums(genes), ranks).run(singles, summary);
  summary.close();
  complete(path);
}

bool near(double found, double wanted) {
  return (std::isnan(found) && std::isnan(wanted)) ||
         std::abs(found - wanted) <= 2e-7 * std::abs(wanted) + 1e-12;
}

}  // namespace

TEST_CASE("selected pairs stand in the file in the order of events, with the scores of a full screen") {
  const testing::SharedFolder folder;
  Data data(GENERATE(1, 8), GENERATE(1, 2));
  make_full(folder / "full.h5", data);
  data.plan.keeping = {PairKeeping::Form::selected, 4, {}, {Score::network, true}};
  make_selected(folder / "kept.h5", data);
  const ScreenReader full(folder / "full.h5");
  const ScreenReader kept(folder / "kept.h5");
  CHECK(kept.keep() == "top:4");
  const hdf5::File file = hdf5::File::open(folder / "kept.h5", hdf5::Access::read);
  const std::vector<hdf5::BlockSums> sums = screen_sums(file);
  CHECK(std::count_if(sums.begin(), sums.end(), [](const auto& of) {
          return of.array.starts_with("list/");
        }) == data.plan.doubles.count());
  const hdf5::Verification found = verify_arrays(file, sums);
  CHECK(found.damaged.empty());
  CHECK(found.unwritten == 0);
  CHECK(kept.keep_by() == "network-interaction");
  CHECK(kept.list_is_selected());
  CHECK_FALSE(full.list_is_selected());
  REQUIRE(kept.events(ScoreArray::list) ==
          std::min<std::int64_t>(8, full.events(ScoreArray::pairs)) * data.matrix.cells());
  REQUIRE(kept.measures(ScoreArray::list) == full.measures(ScoreArray::pairs));
  for (const Measure& measure : kept.measures(ScoreArray::list)) {
    ScoreReader of_full(full, ScoreArray::pairs, measure);
    ScoreReader of_kept(kept, ScoreArray::list, measure);
    std::int64_t last = -1;
    for (std::int64_t event = 0; event < kept.events(ScoreArray::list); ++event) {
      const Event pair = kept.event(ScoreArray::list, event);
      const std::int64_t number = full.number_of_pair(pair.cell, pair.genes[0], pair.genes[1]).value();
      CHECK(number > last);
      last = number;
      CHECK(of_kept.at(event) == of_full.at(number));
    }
  }
  testing::world().barrier();
}

TEST_CASE("a stored summary is what a full screen is summarised to") {
  const testing::SharedFolder folder;
  Data data(GENERATE(1, 8), GENERATE(1, 2));
  make_full(folder / "full.h5", data);
  data.plan.keeping.form = PairKeeping::Form::summary;
  make_summary(folder / "summary.h5", data);
  const Communicator one = Communicator::one_rank();
  const ScreenReader full(folder / "full.h5");
  const ScreenReader stored(folder / "summary.h5", NodeGroup(testing::world()));
  const hdf5::File file = hdf5::File::open(folder / "summary.h5", hdf5::Access::read);
  const hdf5::Verification verified = verify_arrays(file, screen_sums(file));
  CHECK(verified.damaged.empty());
  CHECK(verified.unwritten == 0);
  REQUIRE(pairs_of(stored) == ScoreArray::pairs);
  REQUIRE(summarized_measures(stored, ScoreArray::pairs) == summarized_measures(full, ScoreArray::pairs));
  for (const Measure& by : summarized_measures(full, ScoreArray::pairs)) {
    const SummaryTable wanted = summarize_pairs(full, by, all_rows, ample, one);
    SummaryTable found = summarize_pairs(stored, by, all_rows, ample, testing::world());
    CHECK(found.total == wanted.total);
    if (!testing::world().is_root()) continue;
    REQUIRE(found.rows.size() == wanted.rows.size());
    const auto by_genes = [](const KnockoutSummary& a, const KnockoutSummary& b) {
      return a.genes < b.genes;
    };
    auto rows = wanted.rows;
    std::sort(rows.begin(), rows.end(), by_genes);
    std::sort(found.rows.begin(), found.rows.end(), by_genes);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      CHECK(found.rows[row].genes == rows[row].genes);
      CHECK(found.rows[row].cells == rows[row].cells);
      for (std::size_t measure = 0; measure < wanted.measures.size(); ++measure) {
        const OverCells& of = found.rows[row].of[measure];
        CHECK(near(of.mean, rows[row].of[measure].mean));
        CHECK(near(static_cast<double>(of.sd), static_cast<double>(rows[row].of[measure].sd)));
        CHECK(of.same_sign == rows[row].of[measure].same_sign);
      }
    }
  }
  testing::world().barrier();
}

TEST_CASE("what would fit on the disk is computed, and fits") {
  const Data data(200);
  const double full = screen_file_bytes(data.matrix, data.plan);
  CHECK(smaller_screens(data.matrix, data.plan, 0).empty());
  const auto smaller = smaller_screens(data.matrix, data.plan, full - 1);
  REQUIRE(smaller.size() >= 2);
  CHECK(smaller.front().option == "keep summary");
  CHECK(smaller.back().option.starts_with("sample "));
  for (const SmallerScreen& screen : smaller) CHECK(screen.bytes < full);
}
