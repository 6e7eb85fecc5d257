#include "dko/results/screen_file/screen_checksums.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "support/screens.hpp"

using namespace dko;

namespace {

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

std::pair<std::int64_t, std::int64_t> size_and_block(const std::filesystem::path& path,
                                                     const std::string& array) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const hdf5::Location record = file.group("progress").group(array.substr(0, array.find('/')));
  return {file.dataset(array).size(), record.integer_attribute("block")};
}

}  // namespace

TEST_CASE("scores are checked block by block of events") {
  const testing::SmallScreen screen;
  const hdf5::Verification whole = verified(screen.path());
  CHECK(whole.damaged.empty());
  CHECK(whole.unwritten == 0);
  for (const std::string array : {"single/impact/data", "double/network", "list/impact"}) {
    const auto [size, block] = size_and_block(screen.path(), array);
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
