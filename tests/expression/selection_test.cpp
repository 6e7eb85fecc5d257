#include "dko/expression/selection.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "dko/base/error.hpp"
#include "dko/expression/dispersion.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

Selected selected(const ExpressionMatrix& matrix, const Selection& selection) {
  std::ostringstream out;
  Log log(out, Verbosity::normal);
  return select(matrix, selection, "x.csv", log);
}

}  // namespace

TEST_CASE("a part of a matrix has its rows and columns, in the order asked for") {
  const auto matrix = testing::random_matrix(20, 12, 0.6, 4).with_gene_ids(numbered_names("id", 12));
  const std::vector<std::int32_t> cells{7, 3, 19};
  const std::vector<std::int32_t> genes{5, 11, 0, 2};
  const auto part = matrix.subset(cells, genes);
  REQUIRE(part.cells() == 3);
  REQUIRE(part.genes() == 4);
  CHECK(part.gene_names() == Names{"gene5", "gene11", "gene0", "gene2"});
  CHECK(part.gene_ids() == Names{"id5", "id11", "id0", "id2"});
  CHECK(part.cell_names() == Names{"cell7", "cell3", "cell19"});
  for (std::int64_t cell = 0; cell < 3; ++cell) {
    for (std::int32_t gene = 0; gene < 4; ++gene)
      CHECK(part.value(cell, gene) ==
            matrix.value(cells[static_cast<std::size_t>(cell)], genes[static_cast<std::size_t>(gene)]));
  }
}

TEST_CASE("cells with enough genes are chosen by all genes, genes by the cells that are left") {
  const auto matrix = testing::matrix_of({{1, 1, 1, 0}, {1, 1, 0, 1}, {0, 0, 0, 1}, {0, 1, 1, 0}});
  Selection selection;
  selection.min_genes = 2;  // not cell 2
  selection.min_cells = 2;  // gene 3 is left in cell 1 alone
  selection.genes = "gene3,gene1,gene0";
  Selection too_many;
  too_many.min_cells = 9;
  CHECK_THROWS_AS(selected(matrix, too_many), InputError);
  const auto [part, description, cells] = selected(matrix, selection);
  CHECK(part.cell_names() == Names{"cell0", "cell1", "cell3"});
  CHECK(cells == std::vector<std::int32_t>{0, 1, 3});
  CHECK(part.gene_names() == Names{"gene0", "gene1"});
  CHECK(description == "3 of 4 cells (min-genes 2); 2 of 4 genes (min-cells 2, genes gene3,gene1,gene0)");
  CHECK(selected(matrix, {}).description.empty());
}

TEST_CASE("the genes of a list come in its order, and none may be missing") {
  const auto matrix = testing::matrix_of({{1, 2, 3}, {4, 5, 6}});
  std::ostringstream said;
  Log log(said, Verbosity::normal);
  const auto part = select_genes(matrix, {"gene2", "gene0"}, "data", "model", log);
  CHECK(part.gene_names() == Names{"gene2", "gene0"});
  CHECK(part.value(1, 0) == 6);
  CHECK_THROWS_WITH(select_genes(matrix, {"gene2", "x", "y"}, "data", "model", log),
                    "data: lacks 2 of the 3 genes of model: x, y");
  CHECK(part.gene_index().why_unknown("gene1") == "model has no such gene (the data have it)");
  const auto repeated =
      matrix.with_names({"A", "B", "A-1"}, matrix.cell_names()).with_written_names({"A", "B", "A"}, {});
  CHECK(select_genes(repeated, {"A"}, "data", "model", log).value(1, 0) == 4);
  CHECK(said.str().find("A names 2 genes: A (number 0), A-1 (number 2)") != std::string::npos);
}

TEST_CASE("dispersions are normalised within bins of like means") {
  // A plain version: bins by percentiles of the means, median and MAD of each.
  const auto matrix = testing::random_matrix(60, 90, 0.5, 8);
  const auto profiles = matrix.relative_profiles();
  std::vector<double> mean(90, 0), dispersion(90, 0);
  for (std::int32_t gene = 0; gene < 90; ++gene) {
    const auto at = static_cast<std::size_t>(gene);
    for (std::int64_t cell = 0; cell < 60; ++cell)
      mean[at] += static_cast<double>(profiles.value(cell, gene)) / 60;
    for (std::int64_t cell = 0; cell < 60; ++cell)
      dispersion[at] +=
          std::pow(static_cast<double>(profiles.value(cell, gene)) - mean[at], 2) / 59 / mean[at];
  }
  auto percentile = [](std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const double place = share * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(std::floor(place));
    const auto high = static_cast<std::size_t>(std::ceil(place));
    return values[low] * (1 - place + std::floor(place)) + values[high] * (place - std::floor(place));
  };
  std::vector<double> expected(90);
  double low = -1;
  for (int percent = 10; percent <= 105; percent += 5) {
    const double high = percent > 100 ? 1e9 : percentile(mean, percent / 100.0);
    std::vector<std::size_t> bin;
    std::vector<double> values, off;
    for (std::size_t gene = 0; gene < 90; ++gene)
      if (mean[gene] > low && mean[gene] <= high) bin.push_back(gene);
    for (const auto gene : bin) values.push_back(dispersion[gene]);
    for (const auto gene : bin) off.push_back(std::abs(dispersion[gene] - percentile(values, 0.5)));
    for (const auto gene : bin)
      expected[gene] = (dispersion[gene] - percentile(values, 0.5)) / percentile(off, 0.5);
    low = high;
  }
  const std::vector<double> found = normalised_dispersions(matrix);
  for (std::size_t gene = 0; gene < 90; ++gene)
    CHECK(found[gene] == Approx(expected[gene]).epsilon(1e-4).margin(1e-6));
}

TEST_CASE("the most variable genes are chosen, and silent ones never") {
  // 60 genes of nearly one mean; one varies much more, the last is silent.
  auto rows = testing::random_matrix(40, 60, 1.0, 2);
  std::vector<std::vector<float>> cells;
  for (std::int64_t cell = 0; cell < 40; ++cell) {
    std::vector<float> row;
    for (const float value : rows.values(cell)) row.push_back(9.5F + value / 2);
    row[30] = cell % 2 == 0 ? 1.0F : 19.0F;
    row[59] = 0;
    cells.push_back(row);
  }
  Selection one;
  one.top_genes = 2;
  const Names chosen = selected(testing::matrix_of(cells), one).matrix.gene_names();
  CHECK(std::count(chosen.begin(), chosen.end(), "gene30") == 1);
  one.top_genes = 60;
  const Names all = selected(testing::matrix_of(cells), one).matrix.gene_names();
  CHECK(all.size() == 60);
  one.top_genes = 59;
  const Names but_one = selected(testing::matrix_of(cells), one).matrix.gene_names();
  CHECK(std::count(but_one.begin(), but_one.end(), "gene59") == 0);
}

TEST_CASE("what a selection leaves out is told with the reason, and numbers are of what is left") {
  const auto matrix = testing::matrix_of({{1, 1, 1, 0}, {1, 1, 0, 1}, {0, 0, 0, 1}, {0, 1, 1, 0}});
  Selection selection;
  selection.min_genes = 2;
  selection.genes = "gene3,gene1";
  const ExpressionMatrix part = selected(matrix, selection).matrix;
  const NameIndex genes = part.gene_index();
  CHECK(genes.meaning("gene0").positions.empty());
  CHECK(genes.why_unknown("gene0") == "in the file, but left out by genes gene3,gene1");
  CHECK(part.cell_index().why_unknown("cell2") == "in the file, but left out by min-genes 2");
  CHECK(genes.meaning("1").positions == std::vector<std::int32_t>{1});
  // A name that was left out looks like a number: numbers are no longer taken.
  const auto numeric = matrix.with_names({"7", "a", "b", "c"}, matrix.cell_names());
  selection.genes = "a,c";
  CHECK(selected(numeric, selection).matrix.gene_index().meaning("1").positions.empty());
}
