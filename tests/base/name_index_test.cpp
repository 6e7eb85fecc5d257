#include "dko/base/name_index.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"

using namespace dko;

namespace {

using Positions = std::vector<std::int32_t>;

Positions of(const NameIndex& index, const std::string& text) {
  return index.meaning(text).positions;
}

}  // namespace

TEST_CASE("what looks like a number") {
  for (const char* text : {"7", "01", "1.0", "1E0", "-1", "+1", ".5", " 7 "}) CHECK(looks_like_number(text));
  for (const char* text : {"", "#7", "nan", "INF", "7SK", "2-Mar", "-", "A1", "0x1F"})
    CHECK_FALSE(looks_like_number(text));
}

TEST_CASE("a number is meant only where no name looks like one, or with a mark") {
  const Names plain{"Actb", "Cst3", "#0"};
  const NameIndex index("gene", plain);
  CHECK(of(index, "Cst3") == Positions{1});
  CHECK(of(index, "1") == Positions{1});
  CHECK(index.meaning("1").reading == Reading::number);
  CHECK(index.note("1", index.meaning("1")) == "1 taken as gene number 1: Cst3");
  CHECK(of(index, "#1") == Positions{1});
  CHECK(of(index, "#0") == Positions{2});  // its name
  CHECK(of(index, "01").empty());
  CHECK(of(index, "3").empty());
  CHECK(index.why_unknown("3") == "gene 3 does not exist: the data has 3 genes, numbered from 0");
  const Names numeric{"675", "0", "A"};
  const NameIndex other("gene", numeric);
  CHECK(of(other, "0") == Positions{1});
  CHECK(of(other, "1").empty());
  CHECK(other.why_unknown("1") == "names of genes look like numbers here: write #1 for gene number 1");
  CHECK(of(other, "#1") == Positions{1});
  CHECK(other.is_ambiguous("0"));
  CHECK_FALSE(other.is_ambiguous("675"));
}

TEST_CASE("accessions come after names, and count among what looks like a number") {
  const Names names{"A", "B"};
  const Names ids{"B", "12"};
  const NameIndex index("gene", names, {nullptr, &ids, nullptr});
  CHECK(of(index, "B") == Positions{1});
  CHECK(of(index, "12") == Positions{1});
  CHECK(of(index, "0").empty());
}

TEST_CASE("a repeated name stands for all that have it, or is refused with the candidates") {
  const Names unique{"A", "B", "A-1"};
  const Names written{"A", "B", "A"};
  const NameIndex index("gene", unique, {&written, nullptr, nullptr});
  CHECK(of(index, "A") == Positions{0, 2});
  CHECK(of(index, "A-1") == Positions{2});
  CHECK(index.meaning("A-1").reading == Reading::made_unique);
  Names notes;
  CHECK_THROWS_WITH(
      index.single("A", "--gene", notes),
      "--gene: A names 2 genes: A (number 0), A-1 (number 2); choose one by its number, such as #0");
  CHECK(index.single("#2", "--gene", notes) == 2);
  CHECK(index.single(" B ", "--gene", notes) == 1);
  CHECK(notes == Names{"#2 taken as gene number 2: A-1"});
}

TEST_CASE("what was left out is told with its reason, and never taken for something else") {
  const Names names{"A", "B"};
  LeftOut left_out;
  left_out.add({"C", "#1"}, "in the file, but not among the 2 chosen by --top-genes");
  const NameIndex index("gene", names, {nullptr, nullptr, &left_out});
  CHECK(of(index, "#1").empty());
  CHECK(of(index, "#0") == Positions{0});
  Names notes;
  CHECK_THROWS_WITH(index.single("C", "-k", notes),
                    "-k: no gene named C: in the file, but not among the 2 chosen by --top-genes");
  CHECK(of(index, "0") == Positions{0});
  left_out.like_numbers = true;
  CHECK(of(NameIndex("gene", names, {nullptr, nullptr, &left_out}), "0").empty());
}

TEST_CASE("an unknown name is told with what it may have been meant for") {
  const Names names{"Sparc", "Sparcl1", "Gata1", "Gata2", "Gata3", "Gata4", "A", "Two words"};
  const NameIndex index("gene", names);
  CHECK(index.why_unknown("SPARC") == "did you mean Sparc?");
  CHECK(index.why_unknown("Sparcl") == "did you mean Sparc or Sparcl1?");
  CHECK(index.why_unknown("Spaarc") == "did you mean Sparc?");
  CHECK(index.why_unknown("Gata") == "did you mean Gata1, Gata2 or Gata3?");
  CHECK(index.why_unknown("gata1") == "did you mean Gata1?");  // not also Gata2
  CHECK(index.why_unknown("two words") == "did you mean 'Two words'?");
  CHECK(index.why_unknown("B").empty());
  CHECK(index.why_unknown("Trem2").empty());
}
