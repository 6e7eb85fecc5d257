// On every number of ranks: one file written by all of them holds what one process alone computes.
#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/score_reader.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace {

std::vector<float> all_scores(const ScreenReader& screen, ScoreArray array, Measure measure) {
  std::vector<float> values;
  ScoreStream stream(screen, array, measure);
  for (std::int64_t number = 0; number < screen.events(array); ++number) values.push_back(stream.next());
  return values;
}

void check_screen(const RelativeProfiles& root_matrix, const std::filesystem::path& path,
                  std::int64_t members) {
  const Communicator& ranks = testing::world();
  const NodeGroup nodes(ranks);
  const RelativeProfiles matrix = RelativeProfiles::replicate(nodes, at_root(ranks, root_matrix));
  const ScreenPlan plan =
      ScreenPlan::replicate(nodes, at_root(ranks, testing::full_plan(root_matrix, members)));
  const auto weights =
      testing::collapsed(testing::random_members(members, {matrix.genes(), matrix.genes()}, 41));
  const auto mappings = replicate(nodes, at_root(ranks, weights));
  const PendingEvents work = whole_work(plan, matrix, ranks.size());
  dko::on_root(ranks, [&] {
    create_screen_file(path, matrix, plan, start_provenance("dko screen", ranks.size()),
                       {{}, 1.5, &work, {}});
  });
  ScreenWriter writer(path, ranks, plan);
  screen_shard(plan, matrix, mappings, ranks.rank(), ranks.size(), writer, {.work = &work});
  writer.close();
  ranks.barrier();
  dko::on_root(ranks, [&] { complete_screen_file(path, {2.5}); });

  // Every rank reads the file and computes all scores again by itself.
  testing::MemorySink expected;
  screen_shard(testing::full_plan(matrix, members), matrix, weights, 0, 1, expected);
  const ScreenReader screen(path);
  CHECK(screen.members() == members);
  for (const ScoreArray array : every_array) {
    for (const Score score : every_score) {
      const bool is_there = testing::is_stored(array, score, members);
      // Of several genes the share is there too, as a sum.
      REQUIRE(screen.has(array, {score, false}) == (is_there || score == Score::share));
      if (is_there) CHECK(all_scores(screen, array, {score, false}) == expected.scores(array, score));
    }
  }
  CHECK(screen.gene_names() == matrix.gene_names());
  CHECK(screen.cell_names() == matrix.cell_names());
  CHECK(screen.provenance().ranks == ranks.size());
  CHECK(screen.screen_seconds() == 2.5);
  ranks.barrier();
}

}  // namespace

TEST_CASE("one file by all ranks holds what one process computes") {
  const testing::SharedFolder folder;
  check_screen(testing::random_matrix(9, 14, 0.6, 40).relative_profiles(), folder / "screen.h5",
               GENERATE(1, 3));
}

TEST_CASE("ranks without events write nothing and do no harm") {
  const testing::SharedFolder folder;
  // One cell with three genes: three singles and three pairs.
  check_screen(testing::matrix_of({{1, 1, 1, 0}, {0, 0, 0, 1}}).relative_profiles(), folder / "few.h5",
               GENERATE(1, 2));
}

TEST_CASE("an unfinished screen is told from a finished one") {
  const testing::SharedFolder folder;
  const auto matrix = testing::random_matrix(4, 6, 0.9, 1).relative_profiles();
  dko::on_root(testing::world(), [&] {
    create_screen_file(folder / "x.h5", matrix, testing::full_plan(matrix),
                       start_provenance("dko screen", 1));
  });
  CHECK_THROWS_WITH(ScreenReader(folder / "x.h5"), Catch::Contains("not finished"));
  testing::world().barrier();
}

TEST_CASE("a file that cannot be opened is an I/O failure on every rank") {
  const testing::SharedFolder folder;
  const auto matrix = testing::random_matrix(4, 6, 0.9, 1).relative_profiles();
  CHECK_THROWS_AS(ScreenWriter(folder / "missing.h5", testing::world(), testing::full_plan(matrix)), Error);
  testing::world().barrier();
}

TEST_CASE(
    "a file that takes the place of another keeps the name of its job, by which saved states are known") {
  const testing::SharedFolder folder;
  const auto matrix = testing::random_matrix(4, 6, 0.9, 1).relative_profiles();
  dko::on_root(testing::world(), [&] {
    const auto job_of = [&](const std::string& name, const std::string& job) {
      create_screen_file(folder / name, matrix, testing::full_plan(matrix), start_provenance("dko screen", 1),
                         {.job = job});
      const hdf5::File file = hdf5::File::open(folder / name, hdf5::Access::read);
      return file.group("progress").text_attribute("job");
    };
    CHECK(job_of("x.h5", "0123") == "0123");
    CHECK(job_of("y.h5", "") != job_of("z.h5", ""));
  });
  testing::world().barrier();
}
