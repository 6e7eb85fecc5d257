#include "dko/knockout/events/event_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <sstream>

#include "dko/base/error.hpp"
#include "dko/knockout/events/event_list.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

EventList read(const std::filesystem::path& path, const ExpressionMatrix& matrix) {
  Log log = Log::silent();
  return read_events(path, matrix, Missing::refuse, log);
}

const ExpressionMatrix& matrix() {
  static const ExpressionMatrix cells = testing::matrix_of({{1, 1, 1, 0}, {0, 1, 1, 1}, {1, 0, 0, 1}});
  return cells;
}

EventList events_of(const std::string& text) {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "events.csv", text);
  return read(folder / "events.csv", matrix());
}

std::string refusal(const std::string& text) {
  try {
    events_of(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("the original's recorder formats are read by their headers") {
  const EventList single = events_of("gene_id,cell_id\n0,0\n3,1\n");
  CHECK(single.order() == 1);
  CHECK(single.size() == 2);
  CHECK(single.genes(1)[0] == 3);
  CHECK(single.cell(1) == 1);
  const EventList pairs = events_of("cell_index,k_pred,gene2_index,gene1_index\n1,0.5,2,3\n");
  CHECK(pairs.order() == 2);
  CHECK(pairs.genes(0)[0] == 3);
  CHECK(pairs.genes(0)[1] == 2);
  const EventList named = events_of("gene1_id\tgene2_id\tcell_id\ngene1\t3\tcell1\n");
  CHECK(named.genes(0)[0] == 1);
  CHECK(named.genes(0)[1] == 3);
}

TEST_CASE("names that are numbers are never taken for other numbers") {
  const auto plain = testing::matrix_of({{1, 1, 1}, {1, 1, 1}, {1, 1, 1}});
  const auto numbered = plain.with_names({"2", "0", "b"}, {"1", "0", "x"});
  const testing::TemporaryFolder folder;
  const auto read_as = [&](const std::string& text) {
    testing::write_file(folder / "e.csv", text);
    return read(folder / "e.csv", numbered);
  };
  CHECK(read_as("gene_index,cell_index\n0,1\n").genes(0)[0] == 0);
  CHECK(read_as("gene_name,cell_name\n0,1\n").genes(0)[0] == 1);
  CHECK(read_as("gene_name,cell_name\n0,1\n").cell(0) == 0);
  CHECK(read_as("gene,cell\n0,x\n").genes(0)[0] == 1);
  CHECK(read_as("gene_id,cell_id\nb,#2\n").cell(0) == 2);
  CHECK_THROWS_WITH(read_as("gene_id,cell_id\nb,2\n"),
                    Catch::Contains("no cell named 2") && Catch::Contains("#2"));
  CHECK_THROWS_WITH(read_as("gene_id,cell_id\n0,x\n"),
                    Catch::Contains("line 2") && Catch::Contains("_index"));
}

TEST_CASE("all unknown names of a list are told at once, or left out") {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "e.csv", "gene,cell\ngene0,cell0\nx,cell0\ny,cell9\nx,cell1\n");
  CHECK_THROWS_WITH(read(folder / "e.csv", matrix()),
                    Catch::Contains("no gene named x (line 3), y (line 4)"));
  std::ostringstream said;
  Log log(said, Verbosity::normal);
  CHECK(read_events(folder / "e.csv", matrix(), Missing::ignore, log).size() == 1);
  CHECK(said.str().find("3 knockouts left out") != std::string::npos);
}

TEST_CASE("a name that several have is refused with the candidates") {
  const auto plain = testing::matrix_of({{1, 1, 1}, {1, 1, 1}});
  const auto repeated =
      plain.with_names({"A", "A-1", "B"}, plain.cell_names()).with_written_names({"A", "A", "B"}, {});
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "e.csv", "gene,cell\nA,cell0\n");
  CHECK_THROWS_WITH(read(folder / "e.csv", repeated),
                    Catch::Contains("line 2: A names 2 genes: A (number 0), A-1 (number 1)"));
}

TEST_CASE("lists may have very many genes") {
  const auto matrix_of_many = testing::random_matrix(1, 80, 1.1, 1);
  std::string header;
  std::string row;
  for (int gene = 1; gene <= 70; ++gene) {
    header += "gene" + std::to_string(gene) + "_id,";
    row += std::to_string(gene) + ",";
  }
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "e.csv", header + "cell_id\n" + row + "0\n");
  CHECK(read(folder / "e.csv", matrix_of_many).order() == 70);
}

TEST_CASE("impossible events are refused with their line") {
  CHECK_THAT(refusal("gene_id,cell_id\n0,0\n3,0\n"),
             Catch::Contains("line 3") && Catch::Contains("cell0 does not express gene gene3"));
  CHECK_THAT(refusal("gene1_id,gene2_id,cell_id\n1,1,0\n"),
             Catch::Contains("line 2") && Catch::Contains("twice"));
  CHECK_THAT(refusal("gene1_id,gene2_id,cell_id\n0,3,2\n"),
             Catch::Contains("line 2") && Catch::Contains("no expressed gene"));
  CHECK_THAT(refusal("gene_id,cell_id\n4,0\n"), Catch::Contains("gene 4 does not exist"));
  CHECK_THAT(refusal("gene_id,cell_id\n0,9\n"), Catch::Contains("cell 9 does not exist"));
  CHECK_THAT(refusal("gene_id,cell_id\nTrem2,0\n"), Catch::Contains("no gene named Trem2 (line 2)"));
  CHECK_THAT(refusal("gene1_id,gene2_id,cell_id\n0,1,0\n1,,0\n"),
             Catch::Contains("line 3: has 1 of 2 genes") && Catch::Contains("lists of their own"));
  CHECK_THAT(refusal("gene_id,cell_id\n0\n"), Catch::Contains("line 2") && Catch::Contains("1 fields"));
  CHECK_THAT(refusal("gene_id,score\n0,1\n"), Catch::Contains("cell_id"));
  CHECK_THAT(refusal("cell_id\n0\n"), Catch::Contains("gene_id"));
  CHECK_THAT(refusal("gene_id,gene_index,cell_id\n0,0,0\n"), Catch::Contains("two columns"));
  CHECK_THAT(refusal("gene2_id,cell_id\n0,0\n"), Catch::Contains("gene1_id"));
  CHECK_THAT(refusal("gene_id,cell_id\n"), Catch::Contains("no events"));
  CHECK_THAT(refusal(""), Catch::Contains("empty"));
}

TEST_CASE("sampled pairs are distinct, valid and in order; too many are refused") {
  const auto many = testing::random_matrix(20, 15, 0.6, 1);
  const KnockoutTargets targets = select_targets(many);
  const PairIndex index(many, targets);
  const EventList sample = sample_pairs(targets, index, 200, 7);
  CHECK(sample.size() == 200);
  std::int64_t last = -1;
  for (std::int64_t event = 0; event < sample.size(); ++event) {
    const auto of_cell = targets.of(sample.cell(event));
    const auto position = [&](std::int32_t gene) {
      return std::lower_bound(of_cell.begin(), of_cell.end(), gene) - of_cell.begin();
    };
    const std::int64_t number = index.number(
        {sample.cell(event), {position(sample.genes(event)[0]), position(sample.genes(event)[1])}});
    CHECK(number > last);
    last = number;
  }
  CHECK(sample_pairs(targets, index, index.total(), 7).size() == index.total());
  CHECK_THROWS_AS(sample_pairs(targets, index, index.total() + 1, 7), InputError);
}
