#include "dko/parallel/stop_vote.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "support/testing.hpp"

using namespace dko;

namespace {

void work_a_little() {
  std::this_thread::sleep_for(std::chrono::milliseconds(3 + testing::world().rank()));
}

}  // namespace

TEST_CASE("one rank's wish to stop reaches all of them at their work") {
  const Communicator& ranks = testing::world();
  for (int wishing = 0; wishing < ranks.size(); ++wishing) {
    bool wishes = false;
    StopVote vote(ranks, [&] { return wishes; });
    int pieces = 0;
    for (; pieces < 10000 && !vote.asks_to_stop(); ++pieces) {
      wishes = ranks.rank() == wishing && pieces >= 5;
      work_a_little();
    }
    CHECK(pieces < 10000);
    CHECK(vote.finish());
    CHECK(vote.asks_to_stop());
  }
}

TEST_CASE("without such a wish all end when the last has done its work") {
  const Communicator& ranks = testing::world();
  StopVote vote(ranks, [] { return false; });
  for (int piece = 0; piece < 10 * ranks.rank(); ++piece) {
    CHECK_FALSE(vote.asks_to_stop());
    work_a_little();
  }
  CHECK_FALSE(vote.finish());
}

TEST_CASE("a rank that has no work left still hears of the wish of one that has") {
  const Communicator& ranks = testing::world();
  const int last = ranks.size() - 1;
  bool wishes = false;
  StopVote vote(ranks, [&] { return wishes; });
  for (int piece = 0; ranks.rank() == last && piece < 10000 && !vote.asks_to_stop(); ++piece) {
    wishes = piece >= 20;
    work_a_little();
  }
  CHECK(vote.finish());
}
