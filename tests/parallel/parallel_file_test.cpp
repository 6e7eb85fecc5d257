#include "dko/parallel/parallel_file.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("a file that one rank cannot open is a failure of all, not a wait of some") {
  const Communicator& ranks = testing::world();
  const testing::SharedFolder folder;
  if (ranks.is_root()) hdf5::File::create(folder / "scores.h5").close();
  ranks.barrier();
  const bool is_last = ranks.rank() == ranks.size() - 1;
  ExitCode code = ExitCode::done;
  try {
    open_on_all_ranks(folder / (is_last ? "not_there.h5" : "scores.h5"), ranks);
  } catch (const Error& failure) {
    code = failure.code();
  }
  CHECK(code == ExitCode::io);
  ranks.barrier();
}

TEST_CASE("a file that all ranks flush and close can be read") {
  const Communicator& ranks = testing::world();
  const testing::SharedFolder folder;
  if (ranks.is_root()) {
    hdf5::File file = hdf5::File::create(folder / "scores.h5");
    hdf5::Location group = file.create_group("single");
    group.create("scores", hdf5::Type::f32, {ranks.size()});
    file.close();
  }
  ranks.barrier();
  {
    hdf5::File file = open_on_all_ranks(folder / "scores.h5", ranks);
    const std::vector<float> mine{static_cast<float>(ranks.rank())};
    file.group("single").dataset("scores").write(ranks.rank(), std::span<const float>(mine));
    flush_on_all_ranks(file, ranks);
    close_on_all_ranks(file, ranks);
  }
  ranks.barrier();
  const auto scores =
      hdf5::File::open(folder / "scores.h5", hdf5::Access::read).group("single").read<float>("scores");
  REQUIRE(std::ssize(scores) == ranks.size());
  for (int rank = 0; rank < ranks.size(); ++rank)
    CHECK(scores[static_cast<std::size_t>(rank)] == static_cast<float>(rank));
  ranks.barrier();
}
