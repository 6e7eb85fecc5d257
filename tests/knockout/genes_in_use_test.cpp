// Which genes a screen asks a mapping for, by what each of its parts does.
#include "dko/knockout/screen/genes_in_use.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "support/testing.hpp"

using namespace dko;

namespace {

std::vector<std::int32_t> expressed_in(const ExpressionMatrix& matrix, const std::vector<std::int32_t>& cells,
                                       const std::vector<std::int32_t>& others = {}) {
  std::set<std::int32_t> genes(others.begin(), others.end());
  for (const std::int32_t cell : cells)
    for (const std::int32_t gene : matrix.expressed(cell)) genes.insert(gene);
  return {genes.begin(), genes.end()};
}

}  // namespace

TEST_CASE("A screen uses the genes that its cells express, and those that are switched on") {
  const ExpressionMatrix matrix = testing::random_matrix(6, 200, 0.1, 4);
  ScreenPlan plan;
  SECTION("of all cells") {
    plan.targets = select_targets(matrix);
    CHECK(genes_in_use(plan, matrix) == expressed_in(matrix, {0, 1, 2, 3, 4, 5}));
  }
  SECTION("of some cells, whatever genes are lost") {
    const std::vector<std::int32_t> lost{matrix.expressed(1).front()};
    plan.targets = select_targets(matrix, lost, std::vector<std::int32_t>{1});
    CHECK(genes_in_use(plan, matrix) == expressed_in(matrix, {1}));
  }
  SECTION("of a list, also of genes that cells lack") {
    const std::vector<std::int32_t> genes{matrix.expressed(2).front(), 199};
    plan.list = EventList(1, NodeArray(std::vector(genes)), NodeArray(std::vector<std::int32_t>{2, 3}),
                          NodeArray(std::vector<std::int32_t>{0, 1}));
    CHECK(genes_in_use(plan, matrix) == expressed_in(matrix, {2, 3}, {199}));
  }
  SECTION("that are switched on") {
    plan.activates = true;
    plan.targets = select_lacking(matrix, std::vector<std::int32_t>{7, 8}, std::vector<std::int32_t>{0, 5});
    // Where a gene is no target, the cell expresses it.
    CHECK(genes_in_use(plan, matrix) == expressed_in(matrix, {0, 5}, {7, 8}));
  }
  SECTION("of the cells of a direction") {
    plan.targets = select_targets(matrix, {}, std::vector<std::int32_t>{1});
    plan.from_to = FromTo{"a", "b", {1, 2}, {4}, {}};
    CHECK(genes_in_use(plan, matrix) == expressed_in(matrix, {1, 2, 4}));
  }
}
