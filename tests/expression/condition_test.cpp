#include "expression/condition.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "dko/base/error.hpp"

using namespace dko;

namespace {

using Holds = std::vector<bool>;

CellColumn texts(const std::string& title, Names values) {
  CellColumn column{title, std::move(values), {}, {}};
  for (const std::string& text : column.texts) column.missing.push_back(text == "-");
  return column;
}

CellColumn numbers(const std::string& title, const std::vector<double>& values) {
  CellColumn column{title, {}, values, {}};
  for (const double value : values) {
    column.missing.push_back(std::isnan(value));
    column.texts.push_back(std::isnan(value) ? "" : std::to_string(value));
  }
  return column;
}

/// What holds, and what the log said.
struct Answer {
  Holds holds;
  std::string log;
};

Answer ask(const std::string& text, const std::vector<CellColumn>& columns,
           Missing missing = Missing::refuse) {
  ColumnSource all{"x.h5ad", {}, [&](const std::string& title) {
                     for (const CellColumn& column : columns)
                       if (column.title == title) return column;
                     throw InputError("x.h5ad: has no column " + title);
                   }};
  for (const CellColumn& column : columns) all.titles.push_back(column.title);
  std::ostringstream said;
  Log log(said, Verbosity::normal);
  Holds holds = Condition(text, all).holds(missing, log);
  return {std::move(holds), said.str()};
}

Holds holds(const std::string& text, const std::vector<CellColumn>& columns) {
  return ask(text, columns).holds;
}

}  // namespace

TEST_CASE("conditions on columns of cells") {
  const std::vector kinds{texts("kind", {"T cell", "B cell", "-", "NK=1"})};
  CHECK(holds("kind=T cell", kinds) == Holds{true, false, false, false});
  CHECK(holds("kind == T cell", kinds) == Holds{true, false, false, false});
  CHECK(holds("kind!=T cell", kinds) == Holds{false, true, false, true});
  CHECK(holds("kind=T cell|B cell", kinds) == Holds{true, true, false, false});
  CHECK(holds("kind=NK=1", kinds) == Holds{false, false, false, true});
  const std::vector depth{numbers("depth", {1, 2.5, std::nan(""), 4})};
  CHECK(holds("depth>=2.5", depth) == Holds{false, true, false, true});
  CHECK(holds("depth>2.5", depth) == Holds{false, false, false, true});
  CHECK(holds("depth<2.5", depth) == Holds{true, false, false, false});
  CHECK(holds("depth<=2.5", depth) == Holds{true, true, false, false});
  CHECK(holds("depth=4", depth) == Holds{false, false, false, true});
  CHECK(holds("depth=1.0|4E0", depth) == Holds{true, false, false, true});
  CHECK_THROWS_AS(holds("kind>3", kinds), InputError);
  CHECK_THROWS_WITH(
      holds("kind=X", kinds),
      Catch::Contains("no cell has the value 'X' in column kind; its values: 'B cell', NK=1, 'T cell'"));
  for (const char* text : {"kind", "=x", "kind!x", "", "kind<x"})
    CHECK_THROWS_AS(holds(text, kinds), UsageError);
  CHECK_THROWS_AS(holds("depth>x", depth), UsageError);
  CHECK_THROWS_WITH(holds("nothing=x", kinds), Catch::Contains("has no column nothing"));
}

TEST_CASE("texts are compared as texts") {
  const std::vector donors{texts("donor", {"01", "1", "1.0", "1E0"})};
  CHECK(holds("donor=1", donors) == Holds{false, true, false, false});
  CHECK(holds("donor=1|1.0", donors) == Holds{false, true, true, false});
  CHECK(holds("donor!=1", donors) == Holds{true, false, true, true});
  CHECK_THROWS_AS(holds("donor=1.00", donors), InputError);
  CHECK(holds("donor>=1", donors) == Holds{true, true, true, true});  // which asks for numbers
}

TEST_CASE("the exact label comes first, | separates only where no label has it") {
  const std::vector types{texts("type", {"T", "B", "T|B", "X"})};
  CHECK(holds("type=T|B", types) == Holds{false, false, true, false});
  CHECK(ask("type=T|B", types).log.empty());
  CHECK(holds("type=X|B", types) == Holds{false, true, false, true});
  CHECK(ask("type=X|B", types).log.find("taken as 'X' or 'B'") != std::string::npos);
  CHECK_THROWS_WITH(holds("type=T|B|X", types),
                    Catch::Contains("in several ways") && Catch::Contains("quotes"));
  CHECK(holds("type=\"T|B\"|X", types) == Holds{false, false, true, true});
  CHECK_THROWS_WITH(holds("type=T|Q|R", types), Catch::Contains("no cell has the value 'Q', 'R'"));
  CHECK(ask("type=T|Q", types, Missing::ignore).holds == Holds{true, false, false, false});
  CHECK(ask("type=T|Q", types, Missing::ignore).log.find("warning: ") != std::string::npos);
  CellColumn unused = texts("type", {"T", "B"});
  unused.categories = {"T", "B", "T|B"};
  CHECK_THROWS_WITH(holds("type=T|B", {unused}), Catch::Contains("no cell has the value 'T|B'"));
}

TEST_CASE("blanks and quotes are kept where a label has them") {
  const std::vector conditions{texts("condition", {"ctrl", " ctrl ", "\"ctrl\"", "-"})};
  CHECK(holds("condition=ctrl", conditions) == Holds{true, false, false, false});
  CHECK(holds("condition= ctrl ", conditions) == Holds{false, true, false, false});
  CHECK(holds("condition = ctrl", conditions) == Holds{true, false, false, false});
  CHECK(holds("condition=\"ctrl\"", conditions) == Holds{false, false, true, false});
  CHECK(holds("condition=\" ctrl \"", conditions) == Holds{false, true, false, false});
}

TEST_CASE("cells without a value meet no condition, and are counted") {
  const std::vector sites{texts("site", {"x", "-", "y", "-"})};
  const Answer unequal = ask("site!=x", sites);
  CHECK(unequal.holds == Holds{false, false, true, false});
  CHECK(unequal.log.find("2 cells without a value in column site: left out") != std::string::npos);
  CHECK(ask("site=x", sites).log.find("2 cells without a value") != std::string::npos);
}

TEST_CASE("columns may have signs in their names; what could be two columns is refused") {
  const std::vector both{texts("a", {"b=c", "c"}), texts("a=b", {"c", "d"})};
  CHECK_THROWS_WITH(holds("a=b=c", both), Catch::Contains("could mean"));
  CHECK(holds("\"a=b\"=c", both) == Holds{true, false});
  CHECK(holds("a=\"b=c\"", both) == Holds{true, false});
  const std::vector one{texts("n<5", {"yes", "no"})};
  CHECK(holds("n<5=yes", one) == Holds{true, false});
}

TEST_CASE("whole numbers beyond 2^53 are told apart") {
  CellColumn big{"id",
                 {"9007199254740993", "9007199254740992"},
                 {9007199254740992.0, 9007199254740992.0},
                 {false, false}};
  CHECK(holds("id=9007199254740993", {big}) == Holds{true, false});
}
