#include "dko/benchmark/write_speed.hpp"

#include <catch2/catch.hpp>

using namespace dko;

TEST_CASE("The volume to write is of whole cells, one at least") {
  const double bytes_of_cell = 4 * 1000.0 * 999 / 2;
  CHECK(volume_of(1).cells == 1);
  CHECK(volume_of(3.4 * bytes_of_cell).cells == 3);
  CHECK(volume_of(3.6 * bytes_of_cell).cells == 4);
  CHECK(volume_of(1 << 30).cells == 537);
  const ScoreVolume volume{3};
  CHECK(volume.scores() == 3 * 499500);
  CHECK(volume.bytes() == 3 * bytes_of_cell);
}

TEST_CASE("Ways of writing are compared round by round, not by their medians") {
  CHECK(ratio_to({2, 4, 9}, {1, 4, 3}) == 2);  // 2, 1 and 3; the medians' would be 4 / 3
  CHECK(ratio_to({5, 7}, {5, 7}) == 1);
}
