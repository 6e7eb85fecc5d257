// On every number of ranks.
#include "dko/workflow/direction_run.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <limits>

#include "dko/hdf5/file.hpp"
#include "dko/parallel/collective.hpp"
#include "support/screens.hpp"

using namespace dko;

namespace {

/// A screen along a direction that is yet to be found.
struct Example {
  RelativeProfiles profiles = testing::random_matrix(12, 9, 0.7, 81).relative_profiles();
  std::vector<CollapsedMapping> members = testing::collapsed(testing::random_members(2, {9, 9}, 82));
  ScreenPlan plan = testing::full_plan(profiles, 2);

  Example() { plan.from_to = FromTo{"type=a", "type=b", {0, 2, 3, 4, 7}, {1, 5, 6, 8}, {}}; }

  void set(const AtRoot<OutputFile>& output, double time_limit, Job& job) {
    const StopRequest stop({time_limit});
    set_direction(plan, profiles, members, at_root(job.ranks(), std::vector<std::vector<DecoyEffects>>()),
                  at_root(job.ranks(), ScreenNotes()), output, stop, job);
  }
};

constexpr double forever = std::numeric_limits<double>::infinity();

AtRoot<OutputFile> claim(const std::filesystem::path& path, bool resume, const Communicator& ranks) {
  return dko::on_root(ranks, [&] { return OutputFile(path, false, resume); });
}

/// Leaves the file of a stopped screen, whose means are others than any that would be found.
void leave_partial(const std::filesystem::path& path, Example example, const Job& job) {
  dko::on_root(job.ranks(), [&] {
    Direction& direction = example.plan.direction.emplace(std::vector<double>(9, 1.0 / 9),
                                                          std::vector<double>{.5, .5, 0, 0, 0, 0, 0, 0, 0});
    REQUIRE(direction.squared_length > 0);
    example.plan.shift_q_values.assign(9, 0.25);
    OutputFile output(path, false);
    output.begin([&](const std::filesystem::path& partial) {
      create_screen_file(partial, example.profiles, example.plan, job.provenance);
    });
    output.keep();
  });
}

/// What the file of a stopped screen is refused with after `damage`.
void check_refused(const std::function<void(hdf5::Location&)>& damage, const std::string& words) {
  const testing::SharedFolder folder;
  Job job(testing::world(), "dko screen", Log::silent(), 1);
  Example example;
  leave_partial(folder / "screen.h5", example, job);
  dko::on_root(job.ranks(), [&] {
    hdf5::File file = hdf5::File::open((folder / "screen.h5").string() + ".partial", hdf5::Access::write);
    hdf5::Location direction = file.group("direction");
    damage(direction);
    file.close();
  });
  const AtRoot<OutputFile> output = claim(folder / "screen.h5", true, job.ranks());
  try {
    example.set(output, forever, job);
    FAIL("was read");
  } catch (const CollectiveFailure& failure) {
    CHECK(failure.code() == ExitCode::input);
    CHECK_THAT(failure.what(), Catch::Contains("screen.h5.partial:/direction") && Catch::Contains(words));
  }
}

}  // namespace

TEST_CASE("a direction under way is stopped on all ranks, and says that nothing was scored") {
  const testing::SharedFolder folder;
  Job job(testing::world(), "dko screen", Log::silent(), 1);
  Example example;
  const AtRoot<OutputFile> output = claim(folder / "screen.h5", false, job.ranks());
  try {
    example.set(output, 0, job);
    FAIL("was not stopped");
  } catch (const CollectiveFailure& failure) {
    CHECK(failure.code() == ExitCode::stopped);
    CHECK_THAT(failure.what(), Catch::Contains("screen.h5: no knockout was scored yet"));
  }
  CHECK(!example.plan.direction);
  example.set(output, forever, job);
  CHECK(example.plan.direction.has_value());
}

TEST_CASE("a screen that is resumed has the direction of its file, of another screen it is refused") {
  const testing::SharedFolder folder;
  Job job(testing::world(), "dko screen", Log::silent(), 1);
  Example example;
  leave_partial(folder / "screen.h5", example, job);
  const AtRoot<OutputFile> output = claim(folder / "screen.h5", true, job.ranks());
  Example other;
  other.plan.from_to->from_cells.pop_back();
  CHECK_THROWS_WITH(other.set(output, forever, job), Catch::Contains("was created by a different screen"));
  example.set(output, 0, job);  // nothing to be found
  CHECK(example.plan.direction->from == std::vector<double>(9, 1.0 / 9));
  CHECK(example.plan.direction->toward == std::vector<double>{.5, .5, 0, 0, 0, 0, 0, 0, 0});
  CHECK(example.plan.shift_q_values == std::vector<double>(9, 0.25));
}

TEST_CASE("a damaged direction is refused, with file and place") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const auto change = [](const char* array, auto value) {
    return [=](hdf5::Location& direction) { direction.dataset(array).write(0, std::span(&value, 1)); };
  };
  check_refused(change("toward_mean", 0.25), "toward_mean");
  check_refused(change("toward_mean", none), "toward_mean");
  check_refused(change("from_mean", none), "from_mean");
  check_refused(change("gene_q_value", 0.5), "gene_q_value");
  check_refused(change("from_cells", std::int32_t{1}), "from_cells");
  // As whole arrays that state their checksums.
  const auto set_length = [](double length) {
    return [=](hdf5::Location& direction) { direction.set("length", length); };
  };
  check_refused(set_length(none), "length");
  check_refused(set_length(0), "length");
  check_refused([](hdf5::Location& direction) { direction.set("toward_is_profile", std::int64_t{1}); },
                "toward a profile");
}
