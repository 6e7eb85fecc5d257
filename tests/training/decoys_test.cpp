#include "training/sparse/decoys.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "support/planted.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("decoys have as many cells of every stratum as the genes, and others") {
  const RelativeProfiles profiles =
      testing::planted_effects({.cells = 200, .lift = 1.0, .noise = 0.2}, RandomStream(93, "planted"));
  const auto cells = testing::all_cells(profiles);
  const NodeGroup one_rank(Communicator::one_rank());
  std::vector<float> state;
  for (std::int64_t cell = 0; cell < 200; ++cell) state.push_back(static_cast<float>(cell % 7));
  const auto strata = strata_of(profiles, cells, state, 1);
  CHECK(*std::max_element(strata.begin(), strata.end()) == 14);
  for (std::int32_t stratum = 0; stratum < 15; ++stratum)
    CHECK(std::abs(std::count(strata.begin(), strata.end(), stratum) - 13) <= 1);
  const PresenceBits decoys = decoy_presence(profiles, cells, strata, 1, 0, one_rank);
  const PresenceBits again = decoy_presence(profiles, cells, strata, 1, 0, one_rank);
  const PresenceBits other = decoy_presence(profiles, cells, strata, 1, 1, one_rank);
  std::int64_t moved = 0;
  std::int64_t differ = 0;
  for (std::int32_t gene = 0; gene < profiles.genes(); ++gene) {
    std::vector<int> with(15, 0);
    for (std::int64_t cell = 0; cell < 200; ++cell) {
      const auto at = static_cast<std::size_t>(strata[static_cast<std::size_t>(cell)]);
      with[at] += (decoys.has(cell, gene) ? 1 : 0) - (profiles.expresses(cell, gene) ? 1 : 0);
      moved += decoys.has(cell, gene) != profiles.expresses(cell, gene) ? 1 : 0;
      differ += decoys.has(cell, gene) != other.has(cell, gene) ? 1 : 0;
      CHECK(decoys.has(cell, gene) == again.has(cell, gene));
    }
    CHECK(std::all_of(with.begin(), with.end(), [](int difference) { return difference == 0; }));
  }
  CHECK(moved > 1000);
  CHECK(differ > 1000);
}
