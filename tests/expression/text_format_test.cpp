#include <catch2/catch.hpp>
#include <sstream>

#include "dko/base/error.hpp"
#include "dko/expression/reader.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

struct Read {
  ExpressionMatrix matrix;
  std::string log;
};

Read read_text_of(const std::string& text) {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "x.csv", text);
  std::ostringstream out;
  Log log(out, Verbosity::verbose);
  auto matrix = read_expression(folder / "x.csv", {}, log);
  warn_of_unusual(matrix, folder / "x.csv", log);
  return {std::move(matrix), out.str()};
}

std::string refusal(const std::string& text) {
  try {
    read_text_of(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("the original's format: numbers alone, genes × cells") {
  const auto [matrix, log] = read_text_of("0.5,0,1\n1e-3,2,0\n");
  CHECK(matrix.genes() == 2);
  CHECK(matrix.cells() == 3);
  CHECK(matrix.gene_names() == Names{"gene0", "gene1"});
  CHECK(matrix.cell_names() == Names{"cell0", "cell1", "cell2"});
  CHECK(matrix.values(0)[1] == 1e-3F);
  CHECK(matrix.expressed_count(2) == 1);
}

TEST_CASE("headers and gene names are recognised") {
  const Names genes{"Actb", "Trem2"};
  const Names cells{"c1", "c2"};
  for (const char* text : {"gene,c1,c2\nActb,1,2\nTrem2,3,4\n",        // named corner
                           ",c1,c2\nActb,1,2\nTrem2,3,4\n",            // empty corner
                           "c1,c2\nActb,1,2\nTrem2,3,4\n",             // R's one-short header
                           "gene\tc1\tc2\nActb\t1\t2\nTrem2\t3\t4\n",  // tabs
                           "\"gene\",\"c1\",\"c2\"\r\n\"Actb\",1,2\r\n\"Trem2\",3,4\r\n"}) {
    const auto [matrix, log] = read_text_of(text);
    CHECK(matrix.gene_names() == genes);
    CHECK(matrix.cell_names() == cells);
    CHECK(matrix.values(1)[1] == 4);
  }
  CHECK(read_text_of("c1,c2\n1,2\n3,4\n").matrix.cell_names() == cells);
  CHECK(read_text_of("c1,c2\n1,2\n3,4\n").matrix.gene_names() == Names{"gene0", "gene1"});
  CHECK(read_text_of("Actb,1,2\nTrem2,3,4\n").matrix.gene_names() == genes);
  CHECK(read_text_of("Actb,1,2\nTrem2,3,4\n").matrix.cell_names() == Names{"cell0", "cell1"});
  CHECK(read_text_of("gene,0,1\nActb,1,2\nTrem2,3,4\n").matrix.cell_names() == Names{"0", "1"});
}

TEST_CASE("what is not an expression matrix is refused with its place") {
  CHECK_THAT(refusal("g,a,b\nx,1,2\ny,3\n"), Catch::Contains("line 3") && Catch::Contains("2 fields"));
  CHECK_THAT(refusal("g,a,b\nx,1,2\ny,3,abc\n"),
             Catch::Contains("line 3") && Catch::Contains("cell b (column 3)") && Catch::Contains("'abc'"));
  CHECK_THAT(refusal("1,2\n3,nan\n"), Catch::Contains("line 2") && Catch::Contains("NaN"));
  CHECK_THAT(refusal("1,2\ninf,3\n"), Catch::Contains("line 2") && Catch::Contains("infinite"));
  CHECK_THAT(refusal("1,2\n1e39,3\n"), Catch::Contains("line 2") && Catch::Contains("too large"));
  CHECK_THAT(refusal("1,2\n3,-4\n"), Catch::Contains("line 2") && Catch::Contains("negative"));
  CHECK_THAT(refusal("1,2\n3,\n"), Catch::Contains("line 2") && Catch::Contains("missing"));
  CHECK_THAT(refusal(""), Catch::Contains("empty"));
  CHECK_THAT(refusal("\n\n"), Catch::Contains("empty"));
  CHECK_THAT(refusal("1,2\n"), Catch::Contains("1 gene"));
  CHECK_THAT(refusal("0,0\n0,0\n"), Catch::Contains("no cell expresses"));
  CHECK_THAT(refusal("g,a,b\n"), Catch::Contains("no genes"));
  CHECK_THAT(refusal("g,a,b,c\nx,1,2\n"), Catch::Contains("header"));
  CHECK_THAT(refusal("g,a\ngr\xF6\xDF"
                     "e,1\nb,2\n"),
             Catch::Contains("gene 0") && Catch::Contains("UTF-8"));
  CHECK_THAT(refusal("x\ny\n"), !Catch::Contains("accepted"));
  CHECK_THAT(refusal(std::string("\x89HDF\r\n\x1a\n\0\0", 10)), Catch::Contains("corrupt"));
}

TEST_CASE("names that are numbers are names where the header says so") {
  const Names genes{"7157", "672"};
  for (const char* text : {"gene_id,c1,c2\n7157,1,2\n672,3,4\n",  // Entrez ids
                           ",c1,c2\n7157,1,2\n672,3,4\n",         // pandas, named cells
                           "Entrez ID,c1,c2\n7157,1,2\n672,3,4\n", "c1,c2\n7157,1,2\n672,3,4\n"}) {  // R
    const auto read = read_text_of(text);
    CHECK(read.matrix.gene_names() == genes);
    CHECK(read.matrix.cell_names() == Names{"c1", "c2"});
  }
  const auto pandas = read_text_of(",0,1,2\n0,5,6,7\n1,8,9,1\n");
  CHECK(pandas.matrix.cell_names() == Names{"0", "1", "2"});
  CHECK(pandas.matrix.gene_names() == Names{"0", "1"});
  const auto titled = read_text_of("something,0,1,2\na,5,6,7\nb,8,9,1\n");
  CHECK(titled.matrix.cell_names() == Names{"0", "1", "2"});
  CHECK(titled.matrix.genes() == 2);
}

TEST_CASE("a first row that looks like a header without being one is told of, or refused") {
  CHECK_THAT(read_text_of("0,1,2\n3,4,5\n").log, Catch::Contains("if it is a header, remove it"));
  CHECK_THAT(read_text_of("0,1,3\n3,4,5\n").log, !Catch::Contains("header"));
  CHECK_THAT(refusal("0,1,2,3,4,5,6,7,8,9\n1,1,1,1,1,1,1,1,1,1\n"), Catch::Contains("like a header"));
}

TEST_CASE("unusual cells, genes and names are told of") {
  const auto empty = read_text_of("1,0,1\n2,0,2\n");
  CHECK_THAT(empty.log, Catch::Contains("warning") && Catch::Contains("1 cell expresses no gene") &&
                            Catch::Contains("cell1"));
  CHECK(empty.matrix.cells() == 3);  // numbers stay the file's
  const auto lone = read_text_of("1,1\n2,0\n");
  CHECK_THAT(lone.log, Catch::Contains("1 cell expresses a single gene, no knockouts there: cell1"));
  const auto silent = read_text_of("1,1\n0,0\n2,2\n");
  CHECK_THAT(silent.log, Catch::Contains("in no cell") && Catch::Contains("gene1"));
  const auto repeated = read_text_of("g,a,a\nx,1,2\nx,3,4\n");
  CHECK_THAT(repeated.log,
             Catch::Contains("1 cell name repeated") && Catch::Contains("1 gene name repeated"));
  CHECK(repeated.matrix.gene_names() == Names{"x", "x-1"});
  const auto tiny = read_text_of("1e-60,1\n1,1\n");
  CHECK_THAT(tiny.log, Catch::Contains("taken as zero"));
  CHECK(tiny.matrix.expressed_count(0) == 1);
}

TEST_CASE("reading is held against the memory that there is") {
  const testing::TemporaryFolder folder;
  std::ostringstream said;
  Log log(said, Verbosity::normal);
  std::string rows;
  for (int row = 0; row < 1000; ++row) rows += "1,2,3\n";
  testing::write_file(folder / "x.csv", rows);
  ReadOptions options;
  options.memory = 1e6;
  CHECK(read_expression(folder / "x.csv", options, log).genes() == 1000);
  options.memory = 1e4;
  CHECK_THROWS_WITH(read_expression(folder / "x.csv", options, log),
                    Catch::Contains("x.csv") && Catch::Contains("more than 9.8 KiB of memory"));
  // Nothing but zeros takes memory too: every row has a name.
  rows.clear();
  for (int row = 0; row < 1000; ++row) rows += "0,0\n";
  testing::write_file(folder / "zeros.csv", rows + "1,1\n");
  CHECK_THROWS_AS(read_expression(folder / "zeros.csv", options, log), InputError);
}

TEST_CASE("sizes that a MatrixMarket file claims are not believed") {
  const testing::TemporaryFolder folder;
  std::ostringstream said;
  Log log(said, Verbosity::normal);
  const std::string banner = "%%MatrixMarket matrix coordinate integer general\n";
  testing::write_file(folder / "names.mtx", banner + "2147483647 2 1\n1 1 5\n");
  CHECK_THROWS_WITH(read_expression(folder / "names.mtx", {}, log), Catch::Contains("2,147,483,647 genes"));
  testing::write_file(folder / "entries.mtx", banner + "2 3 1152921504606846976\n1 1 5\n");
  CHECK_THROWS_WITH(read_expression(folder / "entries.mtx", {}, log), Catch::Contains("truncated"));
}
