#include "dko/base/name_list.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

using Positions = std::vector<std::int32_t>;

/// A list of a file or an option, and what the log said.
struct Lists {
  explicit Lists(Names all) : names(std::move(all)), index("gene", names) {}

  Positions file(std::string_view content, Missing missing = Missing::refuse) {
    testing::write_file(folder / "list", content);
    return read_name_list(folder / "list", index, missing, log);
  }
  Positions option(const std::string& text, Missing missing = Missing::refuse) {
    return listed_or_named(text, index, "--genes", missing, log);
  }

  testing::TemporaryFolder folder;
  Names names;
  NameIndex index;
  std::ostringstream said;
  Log log{said, Verbosity::normal};
};

}  // namespace

TEST_CASE("lists of names are read with their places") {
  Lists lists({"a", "b", "c", "HLA-A,B", "x;y", "say \"hi\"", "\"q\"", " blank "});
  CHECK(lists.file("c\n\n0\n") == Positions{2, 0});
  CHECK(lists.said.str().find("0 taken as gene number 0: a") != std::string::npos);
  CHECK(lists.file("HLA-A,B\nx;y\n\"c\"\n") == Positions{3, 4, 2});
  CHECK(lists.file("say \"hi\"\n\"q\"\n blank \n") == Positions{5, 6, 7});
  CHECK(lists.file("\"say \"\"hi\"\"\"\n\" blank \"\n") == Positions{5, 7});
  CHECK(lists.file(" a \r\n") == Positions{0});
  CHECK_THROWS_WITH(lists.file("\n"), Catch::Contains("lists nothing"));
}

TEST_CASE("what is listed more than once counts once, with a warning") {
  Lists lists({"a", "b", "c"});
  CHECK(lists.file("c\nb\na\nc\n#1\nc\n") == Positions{2, 1, 0});
  CHECK(lists.said.str().find("warning: ") != std::string::npos);
  CHECK(lists.said.str().find("list: listed more than once, and counted once: c (lines 1 and 4), b and #1 "
                              "(lines 2 and 5), c (lines 1 and 6)\n") != std::string::npos);
  lists.said.str("");
  CHECK(lists.option("b, a,b") == Positions{1, 0});
  CHECK(lists.said.str().find("--genes: listed more than once, and counted once: b\n") != std::string::npos);
  lists.said.str("");
  CHECK(lists.file("a\nb\n") == Positions{0, 1});
  CHECK(lists.said.str().empty());
}

TEST_CASE("all unknown names are told in one error, twenty of many") {
  Lists lists({"a", "b", "c"});
  CHECK_THROWS_WITH(
      lists.file("a\nx\ny\nb\n77\n"),
      Catch::Contains("no gene named x (line 2), y (line 3); no gene named 77 (line 5): gene 77 "
                      "does not exist"));
  std::string many;
  for (int at = 0; at < 25; ++at) many += "x" + std::to_string(at) + "\n";
  CHECK_THROWS_WITH(lists.file(many), Catch::Contains("x19 (line 20) and 5 more"));
  CHECK(lists.file("a\nx\nc\n", Missing::ignore) == Positions{0, 2});
  CHECK(lists.said.str().find("warning: ") != std::string::npos);
  CHECK(lists.said.str().find("no gene named x (line 2); left out") != std::string::npos);
  CHECK_THROWS_WITH(lists.file("x\n", Missing::ignore), Catch::Contains("none is left"));
}

TEST_CASE("an option names a file, one gene, or several between commas") {
  Lists lists({"a", "b", "HLA-A,B", "\"a\""});
  CHECK(lists.option("a, b") == Positions{0, 1});
  CHECK(lists.option("HLA-A,B") == Positions{2});
  CHECK(lists.option("\"HLA-A,B\",b") == Positions{2, 1});
  CHECK(lists.option("\"a\"") == Positions{3});
  CHECK_THROWS_WITH(lists.option("\"a\",b"), Catch::Contains("in two ways"));
  CHECK_THROWS_WITH(lists.option("a,,b"), Catch::Contains("a name is empty"));
  CHECK_THROWS_WITH(lists.option("genes.txt"), Catch::Contains("no such file"));
  CHECK_THROWS_WITH(lists.option("p,q"), "--genes: no gene named p, q");
}

TEST_CASE("a text that is both a file and a name is refused") {
  const testing::TemporaryFolder folder;
  const std::string path = (folder / "both").string();
  testing::write_file(path, "a\n");
  Lists lists({"a", path});
  CHECK_THROWS_WITH(lists.option(path), Catch::Contains("is both a file and the name of a gene"));
  CHECK(lists.option("\"" + path + "\"") == Positions{1});
}

TEST_CASE("a file of gene sets is no list of names, unless it is the name of one") {
  Lists lists({"A", "B", "a\tb\tc"});
  CHECK_THROWS_WITH(lists.file("A\nset\thttp\tA\tB\n"),
                    Catch::Contains("line 2: a list has one name a line") && Catch::Contains("cut -f3-"));
  CHECK_THROWS_AS(lists.file("set\thttp\tA\n", Missing::ignore), InputError);
  CHECK(lists.file("a\tb\tc\nB\n") == Positions{2, 1});
}

TEST_CASE("a repeated name stands for all, once, or must be one alone") {
  const Names unique{"A", "B", "A-1"};
  const Names written{"A", "B", "A"};
  const NameIndex index("gene", unique, {&written, nullptr, nullptr});
  std::ostringstream said;
  Log log(said, Verbosity::normal);
  CHECK(named_by("A", index, "--genes", Missing::refuse, log) == Positions{0, 2});
  CHECK(said.str().find("--genes: A names 2 genes: A (number 0), A-1 (number 2)") != std::string::npos);
  CHECK(named_by("A,A-1", index, "--genes", Missing::refuse, log) == Positions{0, 2});
  CHECK_THROWS_WITH(single_names("A,B", index, "-k", log), Catch::Contains("choose one by its number"));
  CHECK(single_names("A-1,B", index, "-k", log) == Positions{2, 1});
}
