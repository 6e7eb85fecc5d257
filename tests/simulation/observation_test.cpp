#include "dko/simulation/observation.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dko;

TEST_CASE("without counting, batches and dropout the levels are seen as they are") {
  const std::vector<double> levels{0.5, 0, 2};
  CHECK(Observation({}, 3).observe(levels, 4) == levels);
}

TEST_CASE("dropout reads expressed genes as 0 with its probability, and changes nothing else") {
  const Observation observation({.dropout = 0.3, .seed = 5}, 4);
  const std::vector<double> levels{1, 2, 0, 3};
  std::vector<int> dropped(4);
  for (std::int64_t cell = 0; cell < 4000; ++cell) {
    const auto seen = observation.observe(levels, cell);
    for (std::size_t gene = 0; gene < 4; ++gene) {
      if (seen[gene] == 0)
        ++dropped[gene];
      else
        CHECK(seen[gene] == levels[gene]);
    }
  }
  CHECK(dropped[2] == 4000);
  for (const std::size_t gene : {0, 1, 3}) CHECK(dropped[gene] / 4000.0 == Approx(0.3).margin(0.03));
}

TEST_CASE("all cells of a batch share its factors, and batches differ") {
  const Observation observation({.batches = 2, .batch_spread = 0.5, .seed = 1}, 3);
  const std::vector<double> levels{1, 1, 1};
  std::vector<std::vector<double>> of_batch(2);
  for (std::int64_t cell = 0; cell < 100; ++cell) {
    auto& known = of_batch[static_cast<std::size_t>(observation.batch(cell))];
    const auto seen = observation.observe(levels, cell);
    if (known.empty()) known = seen;
    CHECK(known == seen);
  }
  REQUIRE_FALSE(of_batch[0].empty());
  REQUIRE_FALSE(of_batch[1].empty());
  CHECK(of_batch[0] != of_batch[1]);
}

TEST_CASE("the depth of a batch counts where molecules are counted") {
  const ObservationOptions options{
      .molecules = 1000, .spread = 0, .batches = 2, .batch_spread = 1, .seed = 3};
  const Observation observation(options, 2);
  std::vector<double> sums(2);
  std::vector<double> cells(2);
  for (std::int64_t cell = 0; cell < 400; ++cell) {
    const auto batch = static_cast<std::size_t>(observation.batch(cell));
    const auto seen = observation.observe({1, 1}, cell);
    sums[batch] += seen[0] + seen[1];
    cells[batch] += 1;
  }
  const double first = sums[0] / cells[0];
  const double second = sums[1] / cells[1];
  CHECK(std::max(first, second) / std::min(first, second) > 1.1);
}
