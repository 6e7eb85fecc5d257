// What is wrong in the file of a screen is found, by whatever ranks read it.
#include "dko/benchmark/screen_verification.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>

#include "dko/base/block_checksum.hpp"
#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/parallel/collective.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

ScreenBench bench_of(MappingKind kind) {
  ScreenBench bench;
  bench.genes = 60;
  bench.cells = 5;
  bench.expressed = 40;
  bench.hidden = 8;
  bench.nonzeros = 6;
  bench.kind = kind;
  return bench;
}

Job test_job() {
  return Job(testing::world(), "test", Log::silent(), 1);
}

/// A screen of these options in the folder.
std::string screen_of(const ScreenBench& bench, const testing::SharedFolder& folder) {
  Job job = test_job();
  const auto path = folder / "screen.h5";
  AtRoot<OutputFile> out = on_root(job.ranks(), [&] { return OutputFile(path, true); });
  measure_screen(bench, out, job);
  return path.string();
}

/// Changes stored values of pairs by rank 0; with the checksums on record, as a wrong kernel would leave
/// them, or without, as a disk would.
void change_pairs(const std::string& path, bool with_checksums,
                  const std::function<void(std::vector<float>&)>& change) {
  on_root(testing::world(), [&] {
    hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
    std::vector<float> values = file.read<float>("double/impact");
    change(values);
    file.dataset("double/impact").write(0, std::span<const float>(values));
    const auto block =
        static_cast<std::size_t>(file.group("progress").group("double").integer_attribute("block"));
    std::vector<std::uint64_t> sums;
    for (std::size_t at = 0; at < values.size(); at += block)
      sums.push_back(
          block_checksum(std::span<const float>(values).subspan(at, std::min(block, values.size() - at))));
    if (with_checksums) file.dataset("progress/double/impact").write(0, std::span<const std::uint64_t>(sums));
    file.close();
  });
}

ScreenVerification verify(const ScreenBench& bench, const std::string& path,
                          const SampleOptions& options = {}) {
  Job job = test_job();
  return verify_screen(bench, path, options, job);
}

ExitCode refusal(const ScreenBench& bench, const std::string& path) {
  try {
    verify(bench, path);
  } catch (const CollectiveFailure& failure) {
    return failure.code();
  }
  return ExitCode::done;
}

}  // namespace

TEST_CASE("A screen as it was written is verified, block by block, by either mapping") {
  for (const MappingKind kind : {MappingKind::dko, MappingKind::sparse}) {
    const testing::SharedFolder folder;
    const ScreenBench bench = bench_of(kind);
    const ScreenVerification found = verify(bench, screen_of(bench, folder));
    CHECK(found.faults().empty());
    CHECK(found.events == 5 * (40 + 40 * 39 / 2));
    CHECK(found.sampled == found.events);
    CHECK(found.compared == 5 * 40 * 3 + 5 * 40 * 39 / 2);  // of singles impact, network and share
    CHECK(found.wrong == 0);
    CHECK(found.largest.size >= 0);
    CHECK(found.largest.size < 1e-6);
    CHECK(found.singles.bytes == 5 * 40 * 3 * 4);
    CHECK(found.pairs.bytes == 5 * 40 * 39 / 2 * 4);
    CHECK(found.chance == 1);
    CHECK(found.on_other_ranks == (testing::world().size() > 1));
  }
}

TEST_CASE("A sample is at least as large as was asked for, and the same on any number of ranks") {
  const testing::SharedFolder folder;
  const ScreenBench bench = bench_of(MappingKind::dko);
  const ScreenVerification found = verify(bench, screen_of(bench, folder), {.events = 700, .seed = 9});
  CHECK(found.sampled == 820);  // 4,100 in strata of 5
  CHECK(found.events == 4100);
  CHECK(found.compared >= 820);
  CHECK(found.faults().empty());
}

TEST_CASE("One score in a hundred thousand that a kernel got wrong is found") {
  if (testing::world().size() != 2)
    return;  // it takes a while, and the other cases are on any number of ranks
  const testing::SharedFolder folder;
  ScreenBench bench = bench_of(MappingKind::dko);
  bench.genes = 120;
  bench.expressed = 100;
  bench.cells = 250;
  const std::string path = screen_of(bench, folder);
  CHECK(verify(bench, path).faults().empty());
  change_pairs(path, true, [](std::vector<float>& values) {
    for (std::size_t at = 77'777; at < values.size(); at += 100'000) values[at] += 2.5e-5F;
  });
  const ScreenVerification found = verify(bench, path);
  CHECK(found.pairs.damaged == 0);
  CHECK(found.sampled == 1'262'500 / 2);
  CHECK(found.chance >= 0.99);
  CHECK(found.wrong > 0);
  CHECK(found.wrong <= 12);
  CHECK(found.largest.event % 100'000 == 77'777);
  CHECK(found.largest.size == Approx(2.5e-5).epsilon(0.05));
  REQUIRE(found.faults().size() == 1);
  CHECK_THAT(found.faults()[0], Catch::Contains("sampled scores further than 2e-05 from double precision"));
}

TEST_CASE("A score within the tolerance is right, and no number is wrong") {
  const testing::SharedFolder folder;
  const ScreenBench bench = bench_of(MappingKind::dko);
  const std::string path = screen_of(bench, folder);
  change_pairs(path, true, [](std::vector<float>& values) { values[1234] += 1.8e-5F; });
  const ScreenVerification near = verify(bench, path);
  CHECK(near.faults().empty());
  CHECK(near.largest.event == 1234);
  CHECK(near.largest.array == ScoreArray::pairs);
  change_pairs(path, true,
               [](std::vector<float>& values) { values[77] = std::numeric_limits<float>::quiet_NaN(); });
  const ScreenVerification none = verify(bench, path);
  CHECK(none.wrong == 1);
  CHECK(none.largest.event == 77);
}

TEST_CASE("A block that is lost or changed on the disk is found, whatever the sample") {
  const ScreenBench bench = bench_of(MappingKind::dko);
  {
    const testing::SharedFolder folder;
    const std::string path = screen_of(bench, folder);
    change_pairs(path, false, [](std::vector<float>& values) { values[3000] += 1e-7F; });
    const ScreenVerification found = verify(bench, path, {.events = 1});
    CHECK(found.pairs.damaged == 1);
    CHECK(found.pairs.absent == 0);
    CHECK(found.pairs.first >= 0);
    CHECK(found.pairs.first <= 3000);
    CHECK_THAT(found.faults().at(0), Catch::Contains("1 block of double knockouts not as the checksum says"));
  }
  const testing::SharedFolder folder;
  const std::string path = screen_of(bench, folder);
  on_root(testing::world(), [&] {
    hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
    const std::vector<std::uint64_t> none{0};
    file.dataset("progress/single/network").write(0, std::span<const std::uint64_t>(none));
    file.close();
  });
  const ScreenVerification found = verify(bench, path, {.events = 1});
  CHECK(found.singles.absent == 1);
  CHECK_THAT(found.faults().at(0), Catch::Contains("of single knockouts missing"));
}

TEST_CASE("A file with fewer arrays than the screen that was asked for is not valid") {
  const testing::SharedFolder folder;
  ScreenBench bench = bench_of(MappingKind::dko);
  bench.screen.order = 1;
  const std::string path = screen_of(bench, folder);
  const ScreenVerification found = verify(bench_of(MappingKind::dko), path);
  CHECK(found.sampled == 5 * 40);
  CHECK(found.chance == 0);
  REQUIRE(found.faults().size() == 2);
  CHECK_THAT(
      found.faults()[0],
      Catch::Contains("0 events of double knockouts on record in place of 3,900, with no scores in place "
                      "of impact"));
  CHECK_THAT(found.faults()[1], Catch::Contains("200 knockouts scored again in place of 4,100"));
}

TEST_CASE("A file with other scores than the screen that was asked for is not valid") {
  const testing::SharedFolder folder;
  ScreenBench bench = bench_of(MappingKind::dko);
  bench.screen.scores = ScoreSet{{.impact = true}};
  const std::string path = screen_of(bench, folder);
  CHECK(verify(bench, path).faults().empty());
  const ScreenVerification fewer = verify(bench_of(MappingKind::dko), path);
  REQUIRE(fewer.faults().size() == 2);
  CHECK_THAT(
      fewer.faults()[0],
      Catch::Contains("single knockouts on record, with impact, share in place of impact, network, share"));
  CHECK_THAT(fewer.faults()[1], Catch::Contains("3,900 knockouts scored again in place of 4,100"));
}

TEST_CASE("A file of another screen, or of none, is refused on all ranks") {
  const testing::SharedFolder folder;
  ScreenBench bench = bench_of(MappingKind::dko);
  const std::string path = screen_of(bench, folder);
  bench.seed = 2;
  CHECK(refusal(bench, path) == ExitCode::input);
  bench = bench_of(MappingKind::dko);
  CHECK(refusal(bench, (folder / "none.h5").string()) == ExitCode::input);
  bench.screen.keeping.form = PairKeeping::Form::summary;
  CHECK(refusal(bench, path) == ExitCode::usage);
}
