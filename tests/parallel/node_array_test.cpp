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
  const NodeArray<double> shared = share(group, at_root(group.all, NodeArray(std::move(values))));
  REQUIRE(shared.size() == 100003);
  CHECK(shared[0] == 0.5);
  CHECK(shared[100002] == 100002.5);
  const NodeArray<double> copy = shared;
  CHECK(copy.view().data() == shared.view().data());
  testing::world().barrier();
}

TEST_CASE("an array is filled by all ranks of the node, each its part") {
  const NodeGroup group(testing::world());
  const std::int64_t count = GENERATE(std::int64_t{0}, std::int64_t{2}, std::int64_t{10007});
  NodeBuffer<double> buffer(group, count);
  const RankShare mine = group.node.share_of(count);
  for (std::int64_t at = mine.first; at < mine.last; ++at)
    buffer.values()[static_cast<std::size_t>(at)] = static_cast<double>(at) + 0.5;
  const NodeArray<double> array = std::move(buffer).publish();
  REQUIRE(array.size() == count);
  std::int64_t wrong = 0;
  for (std::int64_t at = 0; at < count; ++at) wrong += array[at] == static_cast<double>(at) + 0.5 ? 0 : 1;
  CHECK(wrong == 0);
  testing::world().barrier();
}

TEST_CASE("an empty array can be shared") {
  const NodeGroup group(testing::world());
  CHECK(share(group, at_root(group.all, NodeArray(std::vector<float>{}))).size() == 0);
  CHECK(share(group, at_root(group.all, NodeArray<std::int32_t>())).size() == 0);
}

TEST_CASE("a matrix is the same on every rank") {
  const NodeGroup group(testing::world());
  const auto original = testing::random_matrix(30, 20, 0.4, 1);
  const auto replica = ExpressionMatrix::replicate(group, at_root(group.all, original));
  CHECK(replica.checksum() == original.checksum());
}
