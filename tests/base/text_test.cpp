#include "dko/base/text.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace dko;

TEST_CASE("numbers are written for people") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(1528686) == "1,528,686");
  CHECK(with_thousands(-123456) == "-123,456");
  CHECK(human_bytes(512) == "512 bytes");
  CHECK(human_bytes(2147483648.0) == "2.0 GiB");
  CHECK(human_seconds(1.234) == "1.23 s");
  CHECK(human_seconds(83.4) == "1 min 23 s");
  CHECK(human_seconds(7384) == "2 h 3 min");
  CHECK(counted(1, "cell") == "1 cell");
  CHECK(counted(1200, "cell") == "1,200 cells");
}

TEST_CASE("UTF-8 is told from what is not") {
  for (const char* good : {"", "Actb", "größe", "\xE2\x82\xAC", "\xF0\x9F\xA7\xAC"}) CHECK(is_utf8(good));
  for (const char* bad : {"gr\xF6\xDF"
                          "e",
                          "\xC3", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("numbers are read whole or not at all") {
  CHECK(parse_number("1.5").value() == 1.5);
  CHECK(parse_number("+2e3").value() == 2000);
  CHECK(std::isnan(parse_number("nan").value()));
  CHECK(std::isinf(parse_number("1e999").value()));
  CHECK(parse_number("1e-999").value() == 0);
  for (const char* bad : {"", "abc", "1.5x", "1,5", "0x10", "--1", "1 2"}) CHECK_FALSE(parse_number(bad));
  CHECK(parse_integer("-12").value() == -12);
  for (const char* bad : {"", "1.0", "99999999999999999999", "1a"}) CHECK_FALSE(parse_integer(bad));
  CHECK(trimmed(" \ta b\r") == "a b");
  CHECK(trimmed("  ").empty());
}

TEST_CASE("times are read as SLURM has them") {
  CHECK(parse_time_limit("90").value() == 5400);
  CHECK(parse_time_limit("1:30").value() == 90);
  CHECK(parse_time_limit("2:00:01").value() == 7201);
  CHECK(parse_time_limit("1-12").value() == 129600);
  CHECK(parse_time_limit("0-0:0:5").value() == 5);
  for (const char* bad : {"", "0", "1:2:3:4", "1-", "-1", "1.5", "x", "1:-2", "+3", "1-2:3:4:5", "0:00"})
    CHECK_FALSE(parse_time_limit(bad));
}
