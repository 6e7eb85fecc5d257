#include "dko/parallel/collective.hpp"

#include <catch2/catch.hpp>
#include <new>
#include <stdexcept>
#include <string>

#include "support/testing.hpp"

using namespace dko;

TEST_CASE("what rank 0 does is done once") {
  int done = 0;
  on_root(testing::world(), [&] { ++done; });
  CHECK(testing::world().sum(done) == 1);
}

TEST_CASE("what rank 0 finds out is its own, until all are told") {
  const auto& world = testing::world();
  const AtRoot<std::string> word = on_root(world, [] { return std::string("found"); });
  REQUIRE(word.is_here() == world.is_root());
  if (world.is_root())
    CHECK(*word == "found");
  else
    CHECK_THROWS_AS(*word, std::logic_error);
  CHECK(word.transform(&std::string::size).is_here() == world.is_root());
  CHECK(world.broadcast(word) == "found");
  CHECK_THROWS_AS(on_root(world, []() -> int { throw InputError("line 3"); }), CollectiveFailure);
}

TEST_CASE("what is moved out of a value at root is nowhere else") {
  const auto& world = testing::world();
  struct Both {
    std::string text;
    int number;
  };
  AtRoot<Both> both = at_root(world, Both{"text", 3});
  AtRoot<std::string> text = both.take(&Both::text);
  CHECK(text.is_here() == world.is_root());
  CHECK(std::move(text).or_empty() == (world.is_root() ? "text" : ""));
  CHECK(world.broadcast(both.take(&Both::number)) == 3);
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
  CHECK(on_every_rank(world, [&] { return world.rank(); }) == world.rank());
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
