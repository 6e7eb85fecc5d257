#include "dko/parallel/node_array.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "dko/expression/matrix.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("every rank sees what rank 0 held, in one copy a node") {
  const NodeGroup group(testing::world());
  std::vector<double> values;
  if (testing::world().is_root()) {
    values.resize(100003);
    std::iota(values.begin(), values.end(), 0.5);
  }
  const NodeArray<double> shared = share(group, NodeArray(std::move(values)));
  REQUIRE(shared.size() == 100003);
  CHECK(shared[0] == 0.5);
  CHECK(shared[100002] == 100002.5);
  const NodeArray<double> copy = shared;
  CHECK(copy.view().data() == shared.view().data());
  testing::world().barrier();
}

TEST_CASE("an empty array can be shared") {
  const NodeGroup group(testing::world());
  CHECK(share(group, NodeArray(std::vector<float>{})).size() == 0);
  CHECK(share(group, NodeArray<std::int32_t>()).size() == 0);
}

TEST_CASE("a matrix is the same on every rank") {
  const NodeGroup group(testing::world());
  const auto original = testing::random_matrix(30, 20, 0.4, 1);
  const auto replica =
      ExpressionMatrix::replicate(group, testing::world().is_root() ? original : ExpressionMatrix());
  CHECK(replica.checksum() == original.checksum());
}
