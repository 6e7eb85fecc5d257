#include "dko/base/checksum.hpp"

#include <catch2/catch.hpp>
#include <string>

using dko::Checksum;

TEST_CASE("the checksum is CRC-64/XZ") {
  // Check value of the catalogue of CRC algorithms for "123456789".
  const std::string digits = "123456789";
  Checksum sum;
  sum.add(std::span<const char>(digits));
  CHECK(sum.text() == "crc64:995dc9bbdf1939fa");
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
