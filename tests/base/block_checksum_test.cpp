#include "dko/base/block_checksum.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
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

TEST_CASE("a block has the same checksum in whatever pieces it comes") {
  std::vector<double> values(5000);
  for (std::size_t at = 0; at < values.size(); ++at) values[at] = static_cast<double>(at * at);
  const auto all = std::span<const double>(values);
  dko::RunningChecksum sum;
  CHECK(sum.value() == block_checksum(std::span<const double>()));
  for (std::size_t first = 0, count = 1; first < all.size(); first += count, count *= 3)
    sum.add(all.subspan(first, std::min(count, all.size() - first)));
  CHECK(sum.value() == block_checksum(all));
}

TEST_CASE("the checksum of texts tells where they end") {
  const auto of = [](const std::vector<std::string>& texts) { return dko::checksum_of_texts(texts); };
  CHECK(of({"ab", "c"}) != of({"a", "bc"}));
  CHECK(of({"ab"}) != of({"ab", ""}));
  CHECK(of({"ab", "c"}) == of({"ab", "c"}));
}
