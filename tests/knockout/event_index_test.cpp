#include "dko/knockout/events/event_index.hpp"

#include <catch2/catch.hpp>

#include "support/testing.hpp"

using namespace dko;

namespace event_index_test {

TEST_CASE("the targets are the expressed genes, of cells with more than one") {
  const auto matrix = testing::matrix_of({{1, 0, 1}, {0, 1, 0}, {0, 0, 0}, {1, 1, 1}});
  const KnockoutTargets targets = select_targets(matrix);
  CHECK(targets.total() == 5);
  CHECK(targets.count(0) == 2);
  CHECK(targets.count(1) == 0);  // its knockout would leave nothing
  CHECK(targets.count(2) == 0);
  CHECK(targets.of(3)[2] == 2);
  CHECK(cell_of_event(targets.starts(), 1) == 0);
  CHECK(cell_of_event(targets.starts(), 2) == 3);
}

TEST_CASE("targets can be restricted to genes and cells") {
  const auto matrix = testing::random_matrix(10, 8, 0.7, 1);
  const KnockoutTargets targets =
      select_targets(matrix, std::vector<std::int32_t>{5, 2}, std::vector<std::int32_t>{7, 1});
  for (std::int64_t cell = 0; cell < 10; ++cell) {
    if (cell != 1 && cell != 7) CHECK(targets.count(cell) == 0);
    for (const std::int32_t gene : targets.of(cell)) CHECK((gene == 2 || gene == 5));
  }
  CHECK(targets.total() > 0);
}

TEST_CASE("pairs are numbered as nested loops visit them, and found again") {
  const auto matrix = testing::random_matrix(12, 9, 0.5, 4);
  const KnockoutTargets targets = select_targets(matrix);
  const PairIndex index(matrix, targets);
  std::int64_t k = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    CHECK(index.starts()[static_cast<std::size_t>(cell)] == k);
    if (matrix.expressed_count(cell) < 3) continue;
    for (std::int64_t a = 0; a < targets.count(cell); ++a) {
      for (std::int64_t b = a + 1; b < targets.count(cell); ++b, ++k) {
        const CellPair found = index.locate(k);
        REQUIRE(found.cell == cell);
        REQUIRE(found.pair.first == a);
        REQUIRE(found.pair.second == b);
        REQUIRE(index.number(found) == k);
      }
    }
  }
  CHECK(index.total() == k);
}

TEST_CASE("a cell of two expressed genes has no pairs") {
  const auto matrix = testing::matrix_of({{1, 1, 0}, {1, 1, 1}});
  const PairIndex index(matrix, select_targets(matrix));
  CHECK(index.total() == 3);
  CHECK(index.locate(0).cell == 1);
}

TEST_CASE("pair numbers of a cell of 100,000 genes are exact at both ends of every row tried") {
  const std::int64_t m = 100000;
  for (const std::int64_t a :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{4999}, std::int64_t{50000}, m - 3, m - 2}) {
    for (const std::int64_t b : {a + 1, (a + m) / 2, m - 1}) {
      if (b <= a || b >= m) continue;
      const std::int64_t number = PairIndex::row_start(m, a) + b - a - 1;
      const TargetPair found = PairIndex::pair_of(m, number);
      CHECK(found.first == a);
      CHECK(found.second == b);
    }
  }
  CHECK(PairIndex::pair_of(m, m * (m - 1) / 2 - 1).second == m - 1);
}

TEST_CASE("the rows of a range of pairs cover each pair of it once, in order") {
  const std::int64_t m = GENERATE(2, 3, 5, 8);
  const std::int64_t count = m * (m - 1) / 2;
  for (std::int64_t first = 0; first <= count; ++first) {
    for (std::int64_t last = first; last <= count; ++last) {
      std::int64_t next = first;
      PairIndex::for_each_row(m, {first, last}, [&](std::int64_t a, EventRange seconds, std::int64_t to) {
        REQUIRE(to == next - first);
        REQUIRE(seconds.size() > 0);
        for (std::int64_t b = seconds.first; b < seconds.last; ++b, ++next) {
          const TargetPair pair = PairIndex::pair_of(m, next);
          REQUIRE((pair.first == a && pair.second == b));
        }
      });
      REQUIRE(next == last);
    }
  }
}

}  // namespace event_index_test
