// On every number of ranks: the mapping that the ranks of a node compute together is what one process
// computes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <variant>
#include <vector>

#include "dko/mapping/model.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

bool same_bits(const CollapsedMapping& left, const CollapsedMapping& right) {
  if (left.genes() != right.genes() || !std::ranges::equal(left.offset(), right.offset())) return false;
  for (std::int64_t gene = 0; gene < left.genes(); ++gene) {
    if (!std::ranges::equal(left.column(gene), right.column(gene))) return false;
  }
  return true;
}

std::vector<Member> members_of(const std::vector<Mapping>& mappings) {
  std::vector<Member> members;
  for (const Mapping& mapping : mappings) members.emplace_back(TrainedMapping{mapping, {}});
  return members;
}

}  // namespace

TEST_CASE("A and c computed by all ranks are those of one process, to the bit") {
  const Communicator& ranks = testing::world();
  const NodeGroup nodes(ranks);
  // One tile and several; more ranks than genes; hidden layers that Eigen divides and that it does not.
  const auto shape = GENERATE(MappingShape{1, 1}, MappingShape{3, 5}, MappingShape{256, 40},
                              MappingShape{300, 700}, MappingShape{530, 33});
  const auto mappings = testing::random_members(2, shape, 7);
  const auto expected = testing::collapsed(mappings);
  std::int64_t done = 0;
  std::int64_t total = 0;
  const auto shared = collapse(nodes, at_root(ranks, members_of(mappings)),
                               [&](std::int64_t part, std::int64_t whole) { done = part, total = whole; });
  REQUIRE(shared.size() == 2);
  for (std::size_t member = 0; member < 2; ++member) CHECK(same_bits(shared[member], expected[member]));
  CHECK(done == total);
  ranks.barrier();
}
