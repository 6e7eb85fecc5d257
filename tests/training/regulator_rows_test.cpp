#include "training/sparse/regulator_rows.hpp"

#include <catch2/catch.hpp>
#include <utility>
#include <vector>

using namespace dko;

TEST_CASE("effects that follow one another speak for that of the first gene on the last") {
  SparseMappingParts parts;
  parts.starts = {0, 2, 4, 5, 5};  // of gene 0 on 1 and 3, of 1 on 0 and 2, of 2 on 0
  parts.rows = {1, 3, 0, 2, 0};
  parts.effects.assign(5, 1.0);
  for (auto* values : {&parts.offset, &parts.floor}) values->assign(4, 1.0);
  const SparseMapping mapping(std::move(parts));
  const auto rows = regulators_of(mapping);
  const std::vector<double> x{0.5, 7, 4, -2, 3};
  CHECK(sums_of_paths(rows, x, 2) == std::vector<double>{-1, 0, 0, 0});
  CHECK(sums_of_paths(rows, x, 0) == std::vector<double>{0, -6, 0, 0});  // not by way of 1 back to itself
  CHECK(sums_of_paths(rows, x, 3) == std::vector<double>{0, 28, 21, 0});
  CHECK(sums_of_paths(rows, x, 1) == std::vector<double>{0, 0, 1.5, 0});
}
