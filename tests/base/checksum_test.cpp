#include "dko/base/checksum.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <string>
#include <vector>

using dko::Checksum;

namespace {

/// By the definition, bit by bit.
std::string plain_crc(const std::vector<unsigned char>& bytes) {
  std::uint64_t crc = ~std::uint64_t{0};
  for (const unsigned char byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) == 0 ? 0 : 0xC96C5795D7870F42);
  }
  std::string digits(16, '0');
  crc = ~crc;
  for (std::size_t at = 16; at-- > 0; crc >>= 4) digits[at] = "0123456789abcdef"[crc & 15];
  return "crc64:" + digits;
}

}  // namespace

TEST_CASE("the checksum is CRC-64/XZ") {
  // Check value of the catalogue of CRC algorithms for "123456789".
  const std::string digits = "123456789";
  Checksum sum;
  sum.add(std::span<const char>(digits));
  CHECK(sum.text() == "crc64:995dc9bbdf1939fa");
}

// Files of all versions state checksums of inputs and models, and are compared by them.
TEST_CASE("the checksum is the same for every length, start and division of the bytes") {
  std::vector<unsigned char> bytes(1500);
  std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(3));
  for (std::size_t at = 0; at < bytes.size(); ++at) bytes[at] ^= static_cast<unsigned char>(at * at >> 5);
  for (const std::size_t first : {0, 1, 7, 13}) {
    for (const std::size_t count : {0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 1000, 1487}) {
      const std::span part = std::span<const unsigned char>(bytes).subspan(first, count);
      Checksum whole;
      whole.add(part);
      Checksum halves;
      halves.add(part.first(count / 3));
      halves.add(part.subspan(count / 3));
      const std::string expected = plain_crc({part.begin(), part.end()});
      CHECK(whole.text() == expected);
      CHECK(halves.text() == expected);
    }
  }
}

TEST_CASE("texts are told apart by their borders") {
  Checksum one;
  one.add(std::string("ab"));
  one.add(std::string("c"));
  Checksum other;
  other.add(std::string("a"));
  other.add(std::string("bc"));
  CHECK(one.text() != other.text());
}
