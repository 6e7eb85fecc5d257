#include "dko/expression/cell_table.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

ExpressionMatrix three_cells() {
  return testing::matrix_of({{1, 2}, {3, 0}, {0, 4}}).with_names({"a", "b"}, {"AAA", "AAC", "7"});
}

CellTable read(const std::string& text) {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "obs.csv", text);
  return CellTable(folder / "obs.csv", three_cells(), "data.csv");
}

}  // namespace

TEST_CASE("a table of cells is read in any order of its rows") {
  const CellTable table = read(",type,depth\n7,T,3\nAAA,B,1.5\n\"AAC\",\"T, naive\",NA\n");
  CHECK(table.titles() == Names{"type", "depth"});
  const CellColumn type = table.column("type");
  CHECK(type.texts == Names{"B", "T, naive", "T"});
  CHECK(type.numbers.empty());
  CHECK(type.missing == std::vector<bool>{false, false, false});
  const CellColumn depth = table.column("depth");
  CHECK(depth.missing == std::vector<bool>{false, true, false});
  REQUIRE(depth.numbers.size() == 3);
  CHECK(depth.numbers[0] == 1.5);
  CHECK(std::isnan(depth.numbers[1]));
  CHECK(depth.numbers[2] == 3);
  CHECK_THROWS_WITH(table.column("batch"), Catch::Contains("has no column batch; its columns: type, depth"));
}

TEST_CASE("a table of other cells is refused with their names") {
  CHECK_THROWS_WITH(read("cell,type\nAAA,B\nAAC,T\n"), Catch::Contains("lacks 1 cell of data.csv: 7"));
  CHECK_THROWS_WITH(read("cell,type\nAAA,B\nAAC,T\n7,T\nAAG,T\nAAT,B\n"),
                    Catch::Contains("has 2 cells that data.csv does not have: AAG, AAT"));
  CHECK_THROWS_WITH(read("cell,type\nAAA,B\nAAA,T\n"), Catch::Contains("line 3: cell AAA appears twice"));
  CHECK_THROWS_WITH(read("cell,type\nAAA\n"), Catch::Contains("line 2: has 1 fields, the header 2"));
  CHECK_THROWS_WITH(read("cell,type,type\n"), Catch::Contains("line 1: has two columns type"));
  CHECK_THROWS_WITH(read("cell\nAAA\n"), Catch::Contains("needs a column with the names of the cells"));
}
