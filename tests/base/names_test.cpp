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
  CHECK(index.by_either("Trem2", "here") == 2);
  CHECK(index.by_either("7", "here") == 1);
  CHECK(index.by_either("0", "here") == 0);
  CHECK_THROWS_WITH(index.by_either("3", "list, line 4"),
                    Catch::Contains("list, line 4") && Catch::Contains("3"));
  CHECK_THROWS_WITH(index.by_either("-1", "here"), Catch::Contains("does not exist"));
  CHECK(index.by_name("7", "here") == 1);
  CHECK(index.by_number("2", "here") == 2);
  CHECK_THROWS_AS(index.by_name("2", "here"), InputError);
  CHECK_THROWS_AS(index.by_number("Actb", "here"), InputError);
  CHECK_FALSE(index.is_ambiguous("7"));  // there is no gene number 7
  const Names numbered{"1", "0", "2"};
  CHECK(NameIndex("gene", numbered).is_ambiguous("1"));
  CHECK_FALSE(NameIndex("gene", numbered).is_ambiguous("2"));
  CHECK_THROWS_WITH(index.by_either("Gapdh", "here"), Catch::Contains("'Gapdh'"));
}

TEST_CASE("lists of names are read with their places") {
  const testing::TemporaryFolder folder;
  const Names names{"a", "b", "c", "HLA-A,B", "x;y"};
  const NameIndex index("gene", names);
  testing::write_file(folder / "good", "c\n\n0\n");
  CHECK(read_name_list(folder / "good", index) == std::vector<std::int32_t>{2, 0});
  testing::write_file(folder / "punctuated", "HLA-A,B\nx;y\n\"c\"\n");
  CHECK(read_name_list(folder / "punctuated", index) == std::vector<std::int32_t>{3, 4, 2});
  testing::write_file(folder / "twice", "c\na\n2\n");
  CHECK_THROWS_WITH(read_name_list(folder / "twice", index),
                    Catch::Contains("line 3") && Catch::Contains("twice"));
  testing::write_file(folder / "unknown", "c\nz\n");
  CHECK_THROWS_WITH(read_name_list(folder / "unknown", index), Catch::Contains("line 2"));
  testing::write_file(folder / "empty", "\n");
  CHECK_THROWS_AS(read_name_list(folder / "empty", index), InputError);
}
