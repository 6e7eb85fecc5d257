#include "dko/base/names.hpp"

#include <catch2/catch.hpp>

using namespace dko;

TEST_CASE("repeated names are made unique without touching others") {
  Names names{"a", "b", "a", "a-1", "a"};
  CHECK(make_unique(names) == 2);
  CHECK(names == Names{"a", "b", "a-2", "a-1", "a-3"});
  Names fine{"a", "b"};
  CHECK(make_unique(fine) == 0);
}
