#include "benchmark/row_sample.hpp"

#include <catch2/catch.hpp>
#include <numeric>

using namespace dko;

namespace {

std::int64_t pairs_of(const std::vector<EventRange>& ranges) {
  return std::accumulate(ranges.begin(), ranges.end(), std::int64_t{0},
                         [](std::int64_t sum, const EventRange& range) { return sum + range.size(); });
}

}  // namespace

TEST_CASE("All pairs are one range where they are no more than what is asked for") {
  for (const std::int64_t n : {3, 96, 192, 193, 1000}) {
    const std::int64_t all = n * (n - 1) / 2;
    const auto ranges = sample_of_rows(n, all);
    REQUIRE(ranges.size() == 1);
    CHECK(ranges[0].first == 0);
    CHECK(ranges[0].last == all);
  }
  CHECK(sample_of_rows(1000, 1000 * 999 / 2 - 1).size() == 3);  // every other panel of six
}

TEST_CASE("A sample of rows has whole panels, spread over the triangle") {
  const std::int64_t n = 4096;
  const std::int64_t all = n * (n - 1) / 2;
  for (const std::int64_t most : {all / 2, all / 3, all / 10, all / 40}) {
    const auto ranges = sample_of_rows(n, most);
    CAPTURE(most, ranges.size());
    CHECK(ranges.front().first == 0);  // the longest rows
    const std::int64_t step = panel_rows * ((all + most - 1) / most);
    for (std::size_t at = 0; at < ranges.size(); ++at) {
      const std::int64_t row = static_cast<std::int64_t>(at) * step;
      CHECK(ranges[at].first == PairIndex::row_start(n, row));
      CHECK(ranges[at].last == PairIndex::row_start(n, std::min(row + panel_rows, n - 1)));
    }
    CHECK(static_cast<std::int64_t>(ranges.size()) * step >= n - 1);  // up to the last rows
  }
}

TEST_CASE("A sample of rows has at most as many pairs as asked for, and one panel") {
  for (const std::int64_t n : {100, 1000, 4096, 32768}) {
    const std::int64_t all = n * (n - 1) / 2;
    for (const std::int64_t most : {std::int64_t{1}, std::int64_t{1000}, all / 7, all - 1, all}) {
      CAPTURE(n, most);
      const std::int64_t pairs = pairs_of(sample_of_rows(n, most));
      CHECK(pairs > 0);
      CHECK(pairs <= most + panel_rows * (n - 1));
      CHECK(pairs <= all);
    }
  }
}
