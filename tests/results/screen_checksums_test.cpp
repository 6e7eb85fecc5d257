#include "dko/results/screen_checksums.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "support/screens.hpp"

using namespace dko;

namespace {

constexpr std::int64_t block = 16;

/// Adds the checksums of one array to a file that has none.
void add_sums(hdf5::Location& sums, const std::string& name, const hdf5::Dataset& array) {
  std::vector<float> values(static_cast<std::size_t>(array.size()));
  array.read(0, std::span(values));
  std::vector<std::uint64_t> of_blocks;
  for (std::size_t first = 0; first < values.size(); first += block)
    of_blocks.push_back(block_checksum(
        std::span<const float>(values).subspan(first, std::min<std::size_t>(block, values.size() - first))));
  hdf5::Dataset to = sums.create(name, hdf5::Type::u64, {std::ssize(of_blocks)});
  to.write(0, std::span<const std::uint64_t>(of_blocks));
}

void add_progress(const std::filesystem::path& path) {
  hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
  if (file.has_group("progress")) return;
  hdf5::Location progress = file.create_group("progress");
  for (const std::string group : {"single", "double", "list"}) {
    hdf5::Location sums = progress.create_group(group);
    sums.set("block", block);
    for (const std::string score : {"impact", "network"}) {
      const hdf5::Location arrays = file.group(group);
      add_sums(sums, score, group == "single" ? arrays.group(score).dataset("data") : arrays.dataset(score));
    }
  }
  file.close();
}

hdf5::Verification verified(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  return verify_arrays(file, screen_sums(file));
}

/// Turns one bit of a stored float around.
void flip(const std::filesystem::path& path, const std::string& array, std::int64_t at, unsigned bit) {
  hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
  hdf5::Dataset dataset = file.dataset(array);
  float value = 0;
  dataset.read(at, std::span(&value, 1));
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  bits ^= 1U << bit;
  std::memcpy(&value, &bits, sizeof(bits));
  dataset.write(at, std::span<const float>(&value, 1));
  file.close();
}

}  // namespace

TEST_CASE("scores are checked block by block of events") {
  const testing::SmallScreen screen;
  add_progress(screen.path());
  const hdf5::Verification whole = verified(screen.path());
  CHECK(whole.damaged.empty());
  CHECK(whole.unwritten == 0);
  for (const std::string array : {"single/impact/data", "double/network", "list/impact"}) {
    const std::int64_t size = hdf5::File::open(screen.path(), hdf5::Access::read).dataset(array).size();
    for (std::int64_t at = 0; at < size; at += 7) {
      const auto bit = static_cast<unsigned>(at % 32);
      flip(screen.path(), array, at, bit);
      const std::vector<std::string> damaged = verified(screen.path()).damaged;
      REQUIRE(damaged.size() == 1);
      const std::int64_t first = at / block * block;
      const std::int64_t last = std::min(first + block, size) - 1;
      CHECK(damaged.front() ==
            (first == last ? "/" + array + ", event " + std::to_string(first)
                           : "/" + array + ", events " + std::to_string(first) + "–" + std::to_string(last)));
      flip(screen.path(), array, at, bit);
    }
  }
  CHECK(verified(screen.path()).damaged.empty());
}
