// On every number of ranks: what a job that is asked to stop has afterwards, its mappings or their files.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "dko/parallel/collective.hpp"
#include "dko/training/ensemble.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace parallel_stop_test {

const RelativeProfiles& profiles() {
  static const RelativeProfiles matrix = testing::random_matrix(80, 20, 0.6, 95).relative_profiles();
  return matrix;
}

ModelOptions options_of(MappingKind kind, const std::filesystem::path& file) {
  ModelOptions options;
  options.kind = kind;
  options.training.steps = 20;
  options.training.batch = 10;
  options.checkpoint.file = file;
  options.checkpoint.every = 1000;
  return options;
}

struct Outcome {
  std::size_t members = 0;
  bool was_stopped = false;
};

Outcome make(const ModelOptions& options, const ProgressCallback& progress, StopVote& vote,
             const Communicator& ranks) {
  const Split split = split_cells(profiles(), 0.2, 0, {}, 2);
  try {
    const auto members = make_members(profiles(), split, options, ranks, progress, &vote);
    return {members.is_here() ? members->size() : 0, false};
  } catch (const CollectiveFailure& failure) {
    CHECK(failure.code() == ExitCode::stopped);
    return {0, true};
  }
}

TEST_CASE("a wish to stop that comes when the last piece is done loses nothing", "[alone]") {
  const testing::TemporaryFolder folder;
  for (const MappingKind kind : {MappingKind::dko, MappingKind::sparse}) {
    const ModelOptions options = options_of(kind, folder / "c");
    bool wishes = false;
    StopVote vote(Communicator::one_rank(), [&] { return wishes; });
    const ProgressCallback progress = [&](std::int64_t done, std::int64_t total) {
      if (done < total) return;
      // The vote has just been looked at: it is asked again when all is done.
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
      vote.asks_to_stop();
      wishes = true;
    };
    const Outcome outcome = make(options, progress, vote, Communicator::one_rank());
    CHECK(wishes);
    CHECK((outcome.members == 1 || std::filesystem::exists(options.checkpoint.file)));
    CHECK(outcome.was_stopped == (outcome.members == 0));
    std::filesystem::remove(options.checkpoint.file);
  }
}

TEST_CASE("members that were done when others are stopped are saved", "[alone]") {
  const testing::TemporaryFolder folder;
  for (const MappingKind kind : {MappingKind::dko, MappingKind::sparse}) {
    ModelOptions options = options_of(kind, folder / "c");
    options.members = 2;
    bool wishes = false;
    StopVote vote(Communicator::one_rank(), [&] { return wishes; });
    const ProgressCallback progress = [&](std::int64_t done, std::int64_t total) {
      wishes = 2 * done > total;
      if (wishes) std::this_thread::sleep_for(std::chrono::milliseconds(25));
    };
    CHECK(make(options, progress, vote, Communicator::one_rank()).was_stopped);
    for (std::int64_t member = 0; member < 2; ++member) {
      const auto file = member_checkpoint(options.checkpoint.file, member);
      CHECK(std::filesystem::exists(file));
      std::filesystem::remove(file);
    }
  }
}

}  // namespace parallel_stop_test
