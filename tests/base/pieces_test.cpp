#include "dko/base/pieces.hpp"

#include <catch2/catch.hpp>

using namespace dko;

TEST_CASE("pieces between commas are as they are written") {
  CHECK(pieces_of("a, b,,c") == std::vector<std::string_view>{"a", " b", "", "c"});
  CHECK(pieces_of("a,") == std::vector<std::string_view>{"a", ""});
  CHECK(pieces_of("") == std::vector<std::string_view>{""});
}
