#include "dko/base/block_checksum.hpp"

#include <catch2/catch.hpp>
#include <vector>

using dko::block_checksum;

TEST_CASE("the checksum of a block is XXH3") {
  // Check value of the xxHash library's own tests for no bytes at all.
  CHECK(block_checksum(std::span<const float>()) == 0x2d06800538d394c2ULL);
}

TEST_CASE("every flipped bit of a block changes its checksum") {
  std::vector<float> values(300, 0.25F);
  const std::uint64_t whole = block_checksum(std::span<const float>(values));
  auto* const bytes = reinterpret_cast<unsigned char*>(values.data());
  for (std::size_t bit = 0; bit < values.size() * sizeof(float) * 8; bit += 7) {
    bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] ^ (1U << bit % 8));
    CHECK(block_checksum(std::span<const float>(values)) != whole);
    bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] ^ (1U << bit % 8));
  }
  CHECK(block_checksum(std::span<const float>(values)) == whole);
}
