#include "dko/expression/matrix.hpp"

#include <catch2/catch.hpp>

#include "dko/expression/matrix_builder.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("genes given one after the other become cells × genes") {
  MatrixBuilder builder(3);
  builder.begin_gene();
  builder.add(0, 1);
  builder.add(2, 2);
  builder.begin_gene();
  builder.begin_gene();
  builder.add(2, 3);
  const auto matrix = std::move(builder).finish({"a", "b", "c"}, {"x", "y", "z"});
  CHECK(matrix.genes() == 3);
  CHECK(matrix.cells() == 3);
  CHECK(matrix.nonzeros() == 3);
  CHECK(matrix.expressed_count(1) == 0);
  CHECK(std::vector<std::int32_t>(matrix.expressed(2).begin(), matrix.expressed(2).end()) ==
        std::vector<std::int32_t>{0, 2});
  CHECK(std::vector<float>(matrix.values(2).begin(), matrix.values(2).end()) == std::vector<float>{2, 3});
}

TEST_CASE("relative profiles sum to one, cell by cell") {
  const auto profiles = testing::random_matrix(20, 30, 0.5, 3).relative_profiles();
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    double sum = 0;
    for (const float share : profiles.values(cell)) sum += static_cast<double>(share);
    CHECK(sum == Approx(1).epsilon(1e-6));
  }
}

TEST_CASE("the checksum sees names, presence and values") {
  const auto matrix = testing::matrix_of({{1, 0}, {1, 1}});
  CHECK(matrix.checksum() == testing::matrix_of({{1, 0}, {1, 1}}).checksum());
  CHECK(matrix.checksum() != testing::matrix_of({{0, 1}, {1, 1}}).checksum());
  CHECK(matrix.checksum() != testing::matrix_of({{1, 0}, {1, 2}}).checksum());
}
