// Ranks that are done at different times save, and stop, all at the same point.
#include "dko/parallel/saving_vote.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "support/testing.hpp"

using namespace dko;

namespace {

/// Pieces of a millisecond, more of them on later ranks, until it is to stop. Returns whether it was.
bool work(SavingVote& vote, int pieces) {
  for (int piece = 0; piece < pieces; ++piece) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (vote.ask() == Pause::stop) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("ranks save together as often as rank 0 asks for it, also those that are done") {
  const Communicator& ranks = testing::world();
  const auto never = [] { return false; };
  std::int64_t saves = 0;
  const auto save = [&] {
    ++saves;
    CHECK(ranks.sum(saves) == saves * ranks.size());  // all are here, and for the same time
  };
  SavingVote vote(
      ranks, never, [&] { return saves < 3; }, save);
  CHECK(!work(vote, 1 + 150 * ranks.rank()));
  CHECK(!vote.finish());
  CHECK(saves == 3);
}

TEST_CASE("a wish of any rank stops all, at work or done, and leaves saving to whoever stops") {
  const Communicator& ranks = testing::world();
  const bool is_due = GENERATE(false, true);
  const auto stop = [&] { return ranks.rank() == ranks.size() - 1; };
  std::int64_t saves = 0;
  SavingVote vote(
      ranks, stop, [&] { return is_due; }, [&] { ++saves; });
  // The first is done long before the others look; those work until they are told.
  const bool is_stopped = work(vote, ranks.rank() == 0 ? 1 : 1'000'000);
  CHECK(is_stopped == (ranks.rank() > 0));
  CHECK(vote.finish());
  CHECK(vote.finish());
  CHECK(saves == 0);
}
