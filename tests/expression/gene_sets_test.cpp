#include "dko/expression/gene_sets.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;
using Catch::Matchers::Contains;

namespace {

std::vector<GeneSet> sets_of(std::string_view text, std::int64_t least = 1) {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "sets.gmt", text);
  Log log = Log::silent();
  return read_gene_sets(folder / "sets.gmt", testing::matrix_of({{1, 1, 1, 1, 1}}), least, log);
}

}  // namespace

TEST_CASE("gene sets are read from GMT: genes once, unknown ones counted, lines of one name together") {
  const auto sets = sets_of(
      "A\thttp://x\tgene3\tgene1\tgene3\tTrem2\tTrem2\n"
      "B of blanks\t\tgene0\t\r\n"
      "\n"
      "A\tagain\tgene1\tgene4\tSpi1\tTrem2\n");
  REQUIRE(sets.size() == 2);
  CHECK(sets[0].name == "A");
  CHECK(sets[0].description == "http://x");
  CHECK(sets[0].genes == std::vector<std::int32_t>{1, 3, 4});
  CHECK(sets[0].unknown == 2);
  CHECK(sets[1].name == "B of blanks");
  CHECK(sets[1].genes == std::vector<std::int32_t>{0});
  CHECK(members_of(sets)[1] == sets[1].genes);
}

TEST_CASE("names of several sets are told") {
  const auto said = [](std::string_view text) {
    const testing::TemporaryFolder folder;
    testing::write_file(folder / "sets.gmt", text);
    std::ostringstream out;
    Log log(out, Verbosity::normal);
    read_gene_sets(folder / "sets.gmt", testing::matrix_of({{1, 1, 1, 1, 1}}), 1, log);
    return out.str();
  };
  CHECK_THAT(said("B\t\tgene0\nA\t\tgene1\nB\t\tgene2\nA\t\tgene2\nA\t\tgene3\n"),
             Contains("2 names on several lines") && Contains("all their genes: A, B"));
  CHECK_THAT(said("B\t\tgene0\nA\t\tgene0\n"), !Contains("several lines"));
}

TEST_CASE("small sets are left out; that none is left is an error") {
  CHECK(sets_of("A\t\tgene0\tgene1\nB\t\tgene2\n", 2).size() == 1);
  CHECK_THROWS_WITH(sets_of("A\t\tGENE0\tGENE1\nB\t\tgene2\n", 2),
                    Contains("none of its 2 sets has 2") && Contains("2 are unknown, such as GENE0"));
  CHECK_THROWS_AS(sets_of("A\t\tGENE0\n"), InputError);
}

TEST_CASE("sets that are left out are told with what they have, and what the choice of genes left out") {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "sets.gmt", "A\t\tgene0\tgene1\tgene2\nB\t\tgene3\tSpi1\tTrem2\tTrem2\n");
  LeftOut not_chosen;
  not_chosen.add({"Trem2"}, "in the file, but not chosen");
  std::ostringstream out;
  Log log(out, Verbosity::normal);
  const auto sets =
      read_gene_sets(folder / "sets.gmt",
                     testing::matrix_of({{1, 1, 1, 1, 1}}).with_left_out(std::move(not_chosen), {}), 2, log);
  CHECK(sets.size() == 1);
  CHECK_THAT(out.str(), Contains("1 set; 2 genes of other names") &&
                            Contains("1 of them in the data, but not chosen") &&
                            Contains("B (1 of 3, 1 more are in the data); with-genes at training"));
}

TEST_CASE("what is no GMT is refused, with its line") {
  CHECK_THROWS_WITH(sets_of("A\t\tgene0\nB,x,gene1\n"), Contains("line 2: has 1 field; a GMT file has"));
  CHECK_THROWS_WITH(sets_of("A\tonly\n"), Contains("line 1: has 2 fields"));
  CHECK_THROWS_WITH(sets_of("\td\tgene0\n"), Contains("line 1: a set without a name"));
  CHECK_THROWS_WITH(sets_of("\n"), Contains("has no set of genes"));
}
