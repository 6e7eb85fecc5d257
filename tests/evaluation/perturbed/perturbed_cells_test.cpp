#include "dko/evaluation/perturbed/perturbed_cells.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Cells with two genes and these labels; "" is missing.
CellColumn labels(const Names& texts) {
  CellColumn column{"target", texts, {}, {}};
  for (const std::string& text : texts) column.missing.push_back(text.empty());
  return column;
}

Names repeated(const std::vector<std::pair<std::string, int>>& groups) {
  Names texts;
  for (const auto& [text, count] : groups) texts.insert(texts.end(), static_cast<std::size_t>(count), text);
  return texts;
}

ExpressionMatrix cells_of(std::size_t count, std::size_t empty = 0) {
  std::vector<std::vector<float>> rows(count, {1, 2});
  for (std::size_t at = 0; at < empty; ++at) rows[at] = {0, 0};
  Names names;
  for (std::size_t at = 0; at < count; ++at) names.push_back("cell" + std::to_string(at));
  return testing::matrix_of(rows).with_names({"A", "B"}, names);
}

}  // namespace

TEST_CASE("cells are divided into control cells and the targets that are genes") {
  const Names texts = repeated({{"control", 11}, {"B", 10}, {"A", 3}, {"C", 12}, {"", 2}});
  const PerturbedCells cells = divide_cells(cells_of(texts.size(), 1), labels(texts), "control", "x.h5ad");
  CHECK(cells.control.size() == 10);  // one expresses nothing
  CHECK(cells.empty == 1);
  CHECK(cells.unlabelled == 2);
  REQUIRE(cells.targets.size() == 1);
  CHECK(cells.targets[0].label == "B");
  CHECK(cells.targets[0].gene == 1);
  CHECK(cells.targets[0].cells.front() == 11);
  CHECK(cells.targets[0].cells.size() == 10);
  CHECK(cells.no_genes == Names{"C"});
  CHECK(cells.too_few == Names{"A"});
}

TEST_CASE("labels that do not fit are refused with what there is") {
  const Names texts = repeated({{"control", 10}, {"B", 10}, {"C", 12}});
  const ExpressionMatrix matrix = cells_of(texts.size());
  CHECK_THROWS_WITH(divide_cells(matrix, labels(texts), "NT", "x.h5ad"),
                    Catch::Contains("no cell has this label in column target; its labels: B, C, control"));
  const Names few = repeated({{"control", 9}, {"B", 23}});
  CHECK_THROWS_WITH(divide_cells(matrix, labels(few), "control", "x.h5ad"),
                    Catch::Contains("9 cells of these genes, at least 10 are needed"));
  const Names others = repeated({{"control", 20}, {"C", 12}});
  CHECK_THROWS_WITH(
      divide_cells(matrix, labels(others), "control", "x.h5ad"),
      Catch::Contains("no label of column target is a gene of the model with 10 cells or more"));
}
