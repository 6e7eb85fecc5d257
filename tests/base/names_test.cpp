#include "dko/base/names.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("repeated names are made unique without touching others") {
  Names names{"a", "b", "a", "a-1", "a"};
  CHECK(make_unique(names) == 2);
  CHECK(names == Names{"a", "b", "a-2", "a-1", "a-3"});
  Names fine{"a", "b"};
  CHECK(make_unique(fine) == 0);
}

TEST_CASE("genes are found by name first, then by number from 0") {
  const Names names{"Actb", "7", "Trem2"};
  const NameIndex index("gene", names);
  CHECK(index.find("Trem2", "here") == 2);
  CHECK(index.find("7", "here") == 1);
  CHECK(index.find("0", "here") == 0);
  CHECK_THROWS_WITH(index.find("3", "list, line 4"), Catch::Contains("list, line 4") && Catch::Contains("3"));
  CHECK_THROWS_WITH(index.find("-1", "here"), Catch::Contains("does not exist"));
  CHECK_THROWS_WITH(index.find("Gapdh", "here"), Catch::Contains("'Gapdh'"));
}

TEST_CASE("lists of names are read with their places") {
  const testing::TemporaryFolder folder;
  const Names names{"a", "b", "c"};
  const NameIndex index("gene", names);
  testing::write_file(folder / "good", "c\n\n0\n");
  CHECK(read_name_list(folder / "good", index) == std::vector<std::int32_t>{2, 0});
  testing::write_file(folder / "twice", "c\na\n2\n");
  CHECK_THROWS_WITH(read_name_list(folder / "twice", index),
                    Catch::Contains("line 3") && Catch::Contains("twice"));
  testing::write_file(folder / "unknown", "c\nz\n");
  CHECK_THROWS_WITH(read_name_list(folder / "unknown", index), Catch::Contains("line 2"));
  testing::write_file(folder / "empty", "\n");
  CHECK_THROWS_AS(read_name_list(folder / "empty", index), InputError);
}
