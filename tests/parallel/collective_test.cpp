#include "dko/parallel/collective.hpp"

#include <catch2/catch.hpp>
#include <new>

#include "support/testing.hpp"

using namespace dko;

TEST_CASE("what rank 0 does is done once") {
  int done = 0;
  on_root(testing::world(), [&] { ++done; });
  CHECK(testing::world().sum(done) == 1);
}

TEST_CASE("a failure of rank 0 is every rank's, with its words and its code") {
  const auto code_of = [](const std::function<void()>& work) {
    try {
      on_root(testing::world(), work);
    } catch (const CollectiveFailure& failure) {
      return std::pair(failure.code(), std::string(failure.what()));
    }
    return std::pair(ExitCode::done, std::string());
  };
  CHECK(code_of([] { throw InputError("line 3"); }) == std::pair(ExitCode::input, std::string("line 3")));
  CHECK(code_of([] { throw IoError("full"); }) == std::pair(ExitCode::io, std::string("full")));
  CHECK(code_of([] { throw std::runtime_error("other"); }) ==
        std::pair(ExitCode::failure, std::string("other")));
  CHECK(code_of([] { throw std::bad_alloc(); }) ==
        std::pair(ExitCode::failure, std::string("out of memory")));
  // The ranks are still together afterwards.
  CHECK(testing::world().sum(1) == testing::world().size());
}

TEST_CASE("a failure of any rank is every rank's, the first one's where several fail") {
  const auto& world = testing::world();
  int done = 0;
  on_every_rank(world, [&] { ++done; });
  CHECK(done == 1);
  const auto words_of = [&](int first_failing) {
    try {
      on_every_rank(world, [&] {
        if (world.rank() >= first_failing) throw IoError("rank " + std::to_string(world.rank()));
      });
    } catch (const CollectiveFailure& failure) {
      CHECK(failure.code() == ExitCode::io);
      return std::string(failure.what());
    }
    return std::string();
  };
  for (int rank = 0; rank < world.size(); ++rank) CHECK(words_of(rank) == "rank " + std::to_string(rank));
  CHECK(words_of(world.size()).empty());
}
