#include "dko/parallel/raw_file.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("each rank writes its bytes where it says, over what was there before") {
  const Communicator& ranks = testing::world();
  if (!ranks.is_mpi()) return;
  const testing::SharedFolder folder;
  if (ranks.is_root()) testing::write_file(folder / "raw", std::string(1000, 'x'));
  ranks.barrier();
  const std::string mine(7, static_cast<char>('a' + ranks.rank()));
  MpiFile file(ranks, folder / "raw");
  file.write_at(7 * ranks.rank(), std::as_bytes(std::span(mine)));
  file.write_at(0, {});
  file.sync();
  file.close();
  ranks.barrier();
  std::string expected;
  for (int rank = 0; rank < ranks.size(); ++rank) expected += std::string(7, static_cast<char>('a' + rank));
  CHECK(testing::read_file(folder / "raw") == expected);
  ranks.barrier();
}

TEST_CASE("a plain file that cannot be made is an I/O failure on every rank") {
  if (!testing::world().is_mpi()) return;
  const testing::SharedFolder folder;
  CHECK_THROWS_AS(MpiFile(testing::world(), folder / "no/such/raw"), IoError);
  testing::world().barrier();
}
