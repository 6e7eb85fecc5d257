#include "training/sparse/chosen_share.hpp"

#include <catch2/catch.hpp>

using namespace dko;

TEST_CASE("pairs are chosen the more often the more they stand out") {
  ChosenShare share;
  for (int at = 0; at < 8; ++at) {
    share.note(0.1, at < 1);
    share.note(2.3, at < 4);
    share.note(2.6, at < 3);  // fewer by chance
    share.note(9, at < 7);
  }
  share.gather(Communicator::one_rank());
  CHECK(share.of(0) == 0.125);
  CHECK(share.of(2.2) == 0.125);
  CHECK(share.of(2.25) == 0.5);
  CHECK(share.of(2.7) == 0.5);
  CHECK(share.of(7.9) == 0.5);
  CHECK(share.of(100) == 0.875);

  ChosenShare third;
  for (int at = 0; at < 3; ++at) third.note(1, at < 1);
  third.gather(Communicator::one_rank());
  CHECK(third.of(1) == 21846.0 / 65536);  // rounded up
}
