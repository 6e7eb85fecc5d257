#include "dko/results/export/export.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "dko/base/error.hpp"
#include "dko/knockout/events/event_file.hpp"
#include "dko/results/export/export_files.hpp"
#include "dko/results/export/perturbed.hpp"
#include "dko/results/score_reader.hpp"
#include "support/screens.hpp"

using namespace dko;
using testing::SmallScreen;

namespace {

const std::vector<Measure> impact{{Score::impact, false}};

/// What an export writes.
template <class Write>
std::string written(Write write) {
  const testing::TemporaryFolder folder;
  CsvWriter csv(folder / "x.csv", false);
  write(csv);
  return testing::read_file(folder / "x.csv");
}

}  // namespace

TEST_CASE("exports have the original's columns, rows and order") {
  const SmallScreen small;
  const ScreenReader screen(small.path());
  const auto singles =
      written([&](CsvWriter& csv) { export_scores(screen, ScoreArray::singles, impact, Labels::ids, csv); });
  CHECK_THAT(singles, Catch::StartsWith("gene_id,cell_id,k_pred\n1,0,0."));
  CHECK(std::count(singles.begin(), singles.end(), '\n') == 1 + screen.events(ScoreArray::singles));
  const auto pairs =
      written([&](CsvWriter& csv) { export_scores(screen, ScoreArray::pairs, impact, Labels::names, csv); });
  CHECK_THAT(pairs, Catch::StartsWith("gene1_name,gene2_name,cell_name,k_pred\ngene1,gene3,cell0,"));
  CHECK(std::count(pairs.begin(), pairs.end(), '\n') == 1 + screen.events(ScoreArray::pairs));
  const auto all = written([&](CsvWriter& csv) {
    export_scores(screen, ScoreArray::pairs, screen.measures(ScoreArray::pairs), Labels::ids, csv);
  });
  CHECK_THAT(all,
             Catch::StartsWith(
                 "gene1_id,gene2_id,cell_id,k_pred,network,interaction,network_interaction,share\n1,3,0,"));
}

TEST_CASE("standard deviations have columns of their own, with the bits of the file") {
  const SmallScreen small(3);
  const ScreenReader screen(small.path());
  const std::vector<Measure> measures{{Score::impact, false}, {Score::impact_sd, false}};
  for (const ScoreArray array : every_array) {
    const auto text =
        written([&](CsvWriter& csv) { export_scores(screen, array, measures, Labels::ids, csv); });
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    CHECK_THAT(line, Catch::EndsWith(",cell_id,k_pred,k_pred_sd"));
    ScoreStream stored(screen, array, measures[1]);
    for (std::int64_t number = 0; number < screen.events(array); ++number) {
      REQUIRE(std::getline(lines, line));
      CHECK(std::stof(line.substr(line.rfind(',') + 1)) == stored.next());
    }
  }
}

TEST_CASE("what is exported with names can be given back as a list of events") {
  const SmallScreen small;
  const ScreenReader screen(small.path());
  const testing::TemporaryFolder folder;
  CsvWriter csv(folder / "d.csv", false);
  export_scores(screen, ScoreArray::pairs, impact, Labels::names, csv);
  Log log = Log::silent();
  const EventList events = read_events(folder / "d.csv", small.matrix(), Missing::refuse, log);
  REQUIRE(events.size() == screen.events(ScoreArray::pairs));
  std::int64_t number = 0;
  screen.for_each_event(ScoreArray::pairs, [&](const Event& event) {
    CHECK(events.cell(number) == event.cell);
    CHECK(events.genes(number)[0] == event.genes[0]);
    CHECK(events.genes(number)[1] == event.genes[1]);
    const Event again = screen.event(ScoreArray::pairs, number++);
    CHECK(again.genes == event.genes);
    CHECK(again.cell == event.cell);
  });
}

TEST_CASE("the README's example of perturbed data, by hand") {
  // The original's README: four genes, three cells.
  const auto matrix =
      testing::matrix_of({{0.45F, 0.25F, 0, 0.3F}, {0.35F, 0.1F, 0.55F, 0}, {0.76F, 0, 0.1F, 0.14F}});
  const SmallScreen small(matrix);
  const ScreenReader screen(small.path());
  CHECK(written([&](CsvWriter& csv) { write_ptest(screen, ScoreArray::singles, matrix, csv); }) ==
        "0,0.45,0.45,0,0.35,0.35,0,0.76,0.76\n"
        "0.25,0,0.25,0.1,0,0.1,0,0,0\n"
        "0,0,0,0.55,0.55,0,0.1,0,0.1\n"
        "0.3,0.3,0,0,0,0,0.14,0.14,0\n");
  CHECK(written([&](CsvWriter& csv) { write_ztest(screen, ScoreArray::singles, matrix, csv); }) ==
        "0,1,1,0,1,1,0,1,1\n1,0,1,1,0,1,0,0,0\n0,0,0,1,1,0,1,0,1\n1,1,0,0,0,0,1,1,0\n");
  CHECK(written([&](CsvWriter& csv) { write_recorder(screen, ScoreArray::singles, csv); }) ==
        "gene_id,cell_id\n0,0\n1,0\n3,0\n0,1\n1,1\n2,1\n0,2\n2,2\n3,2\n");
}

TEST_CASE("perturbed data is of the screen's data only") {
  const SmallScreen small;
  const ScreenReader screen(small.path());
  CHECK_NOTHROW(require_same_data(screen, small.matrix()));
  CHECK_THROWS_AS(require_same_data(screen, testing::random_matrix(8, 10, 0.6, 99)), InputError);
}

TEST_CASE("files of one file system share its space, those of others do not") {
  const testing::TemporaryFolder folder;
  std::filesystem::path here = folder / "x.csv";
  const std::filesystem::path elsewhere = "/dev/shm/dko_export_test.csv";
  const auto nothing = [](CsvWriter&) {};
  ExportFiles together(true);
  together.add_csv(here.string(), 0.6 * available_disk_space(here), nothing);
  CHECK_THROWS_AS(together.add_csv((folder / "y.csv").string(), 0.6 * available_disk_space(here), nothing),
                  IoError);
  if (file_system_of(here) == file_system_of(elsewhere) || !std::filesystem::is_directory("/dev/shm")) return;
  here = folder / "z.csv";
  ExportFiles apart(true);
  const bool is_larger = available_disk_space(here) > available_disk_space(elsewhere);
  for (const auto& path : {is_larger ? here : elsewhere, is_larger ? elsewhere : here})
    CHECK_NOTHROW(apart.add_csv(path.string(), 0.6 * available_disk_space(path), nothing));
}
