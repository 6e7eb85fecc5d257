// On every number of ranks: the mapping that the ranks of a node compute together, or read from a file, is
// what one process computes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <variant>
#include <vector>

#include "dko/mapping/collapse_for.hpp"
#include "dko/mapping/collapsed_file.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/collective.hpp"
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
  const auto shared =
      collapse_for({}, nodes, at_root(ranks, members_of(mappings)),
                   [&](std::int64_t part, std::int64_t whole) { done = part, total = whole; });
  REQUIRE(shared.size() == 2);
  for (std::size_t member = 0; member < 2; ++member) CHECK(same_bits(shared[member], expected[member]));
  CHECK(done == total);
  ranks.barrier();
}

TEST_CASE("A of some genes computed by all ranks has the bits of the whole") {
  const Communicator& ranks = testing::world();
  const NodeGroup nodes(ranks);
  const Mapping mapping = testing::random_mapping({530, 700}, 1, 9);
  std::vector<std::int32_t> genes;
  for (std::int32_t gene = 0; gene < 530; gene += 3) genes.push_back(gene);
  const CollapsedMapping some = collapse_for(genes, nodes, at_root(ranks, Mapping(mapping)));
  const CollapsedMapping whole(mapping);
  std::int64_t others = 0;
  for (const std::int32_t gene : genes) {
    const auto column = static_cast<std::size_t>(gene);
    others += some.offset()[column] != whole.offset()[column];
    for (const std::int32_t to : genes) {
      const auto row = static_cast<std::size_t>(to);
      others += some.column(gene)[row] != whole.column(gene)[row];
    }
  }
  CHECK(others == 0);
  ranks.barrier();
}

TEST_CASE("A in a file is read for the model that it is of, and refused for any other") {
  const Communicator& ranks = testing::world();
  const NodeGroup nodes(ranks);
  const testing::SharedFolder folder;
  const std::string path = folder / "a.h5";
  const auto mappings = testing::random_members(2, {20, 7}, 8);
  const auto expected = testing::collapsed(mappings);
  on_root(ranks, [&] {
    Provenance provenance = start_provenance("test", ranks.size());
    provenance.model_checksum = "this";
    OutputFile out(path, false);
    write_collapsed(out, expected, provenance);
  });
  const auto shared = read_collapsed(nodes, path, "this", at_root(ranks, members_of(mappings)));
  REQUIRE(shared.size() == 2);
  for (std::size_t member = 0; member < 2; ++member) CHECK(same_bits(shared[member], expected[member]));
  CHECK_THROWS_AS(read_collapsed(nodes, path, "another", at_root(ranks, members_of(mappings))),
                  CollectiveFailure);
  CHECK_THROWS_WITH(read_collapsed(nodes, path, "another", at_root(ranks, members_of(mappings))),
                    Catch::Contains("a.h5: was replaced meanwhile by A = W2·W1 of another model"));
  ranks.barrier();
}
