#include "dko/training/split.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

std::set<std::int64_t> together(const Split& split) {
  std::set<std::int64_t> cells(split.training.begin(), split.training.end());
  cells.insert(split.validation.begin(), split.validation.end());
  cells.insert(split.held_out.begin(), split.held_out.end());
  return cells;
}

}  // namespace

TEST_CASE("500 cells split 80/20, and 64/16/20 with held-out cells") {
  const auto matrix = testing::random_matrix(500, 5, 1, 1);
  const Split two = split_cells(matrix, 0.2, 0, {}, 3);
  CHECK(two.training.size() == 400);
  CHECK(two.validation.size() == 100);
  CHECK(two.held_out.empty());
  const Split three = split_cells(matrix, 0.2, 0.2, {}, 3);
  CHECK(three.training.size() == 320);
  CHECK(three.validation.size() == 80);
  CHECK(three.held_out.size() == 100);
  CHECK(together(three).size() == 500);
  CHECK(std::is_sorted(three.training.begin(), three.training.end()));
  CHECK(split_cells(matrix, 0.2, 0.2, {}, 3).training == three.training);
  CHECK(split_cells(matrix, 0.2, 0.2, {}, 4).training != three.training);
}

TEST_CASE("named cells are held out, and cells that express nothing are nowhere") {
  const auto matrix = testing::matrix_of({{1, 1}, {0, 0}, {1, 0}, {1, 1}, {0, 1}});
  const Split split = split_cells(matrix, 0, 0.9, std::vector<std::int32_t>{3, 1, 0}, 1);
  CHECK(split.held_out == std::vector<std::int64_t>{0, 3});
  CHECK(split.training == std::vector<std::int64_t>{2, 4});
  CHECK(split.validation.empty());
}

TEST_CASE("too few cells are refused before training") {
  const auto matrix = testing::random_matrix(10, 5, 1, 1);
  CHECK_THROWS_WITH(require_enough_cells(split_cells(matrix, 0.2, 0, {}, 1), 9, 0.2),
                    Catch::Contains("8 are left"));
  CHECK_NOTHROW(require_enough_cells(split_cells(matrix, 0.2, 0, {}, 1), 8, 0.2));
  CHECK_THROWS_WITH(require_enough_cells(split_cells(matrix, 0.01, 0, {}, 1), 8, 0.01),
                    Catch::Contains("validate"));
}
