#include "dko/hdf5/file.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/error.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/system/available_memory.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("arrays, texts and attributes come back as they went in") {
  const testing::TemporaryFolder folder;
  const std::vector<double> values{1.5, -2, 1e300};
  const std::vector<std::int32_t> table{1, 2, 3, 4, 5, 6};
  const Names names{"Actb", "", "größe", "a,\"b\""};
  {
    hdf5::File file = hdf5::File::create(folder / "x.h5");
    hdf5::Location group = file.create_group("group");
    group.write<double>("values", values);
    group.write<std::int32_t>("table", table, {3, 2});
    group.write_strings("names", names);
    group.write_strings("none", {});
    group.set("text", std::string("some"));
    group.set("number", std::int64_t{1} << 40);
    group.set("real", 0.25);
    group.set("real", 0.5);  // replaces
    group.hard_link(group, "values", "again");
    file.close();
  }
  const hdf5::File file = hdf5::File::open(folder / "x.h5", hdf5::Access::read);
  const hdf5::Location group = file.group("group");
  CHECK(group.read<double>("values") == values);
  CHECK(group.read<double>("again") == values);
  CHECK(group.read<std::int32_t>("table") == table);
  CHECK(group.dataset("table").shape() == hdf5::Shape{3, 2});
  std::vector<std::int32_t> row(2);
  group.dataset("table").read(1, std::span<std::int32_t>(row));
  CHECK(row == std::vector<std::int32_t>{3, 4});
  CHECK(group.read_strings("names") == names);
  CHECK(group.read_strings("none").empty());
  CHECK(group.text_attribute("text") == "some");
  CHECK(group.integer_attribute("number") == std::int64_t{1} << 40);
  CHECK(group.real_attribute("real") == 0.5);
  CHECK(group.has("values"));
  CHECK_FALSE(group.has("nothing"));
}

TEST_CASE("failures name the file and the path in it") {
  const testing::TemporaryFolder folder;
  hdf5::File file = hdf5::File::create(folder / "x.h5");
  const std::vector<float> values{1, 2, 3};
  file.create_group("g").write<float>("v", values);
  CHECK_THROWS_WITH(file.group("h"), Catch::Contains("x.h5:/h") && Catch::Contains("missing"));
  CHECK_THROWS_WITH(file.group("g").dataset("w"), Catch::Contains("x.h5:/g/w"));
  CHECK_THROWS_WITH(file.group("g").read_strings("v"), Catch::Contains("x.h5:/g/v"));
  CHECK_THROWS_WITH(file.integer_attribute("a"),
                    Catch::Contains("x.h5:/") && Catch::Contains("a is missing"));
  CHECK_THROWS_WITH(file.create_group("g"), Catch::Contains("x.h5:/g"));
  std::vector<float> more(4);
  CHECK_THROWS_AS(file.group("g").dataset("v").read(0, std::span<float>(more)), InputError);
}

TEST_CASE("a file that is no HDF5 file, or none at all, is unusable input") {
  const testing::TemporaryFolder folder;
  testing::write_file(folder / "text", "hello");
  CHECK_THROWS_AS(hdf5::File::open(folder / "text", hdf5::Access::read), InputError);
  CHECK_THROWS_AS(hdf5::File::open(folder / "missing", hdf5::Access::read), InputError);
  CHECK_THROWS_AS(hdf5::File::create(folder / "no/such/folder"), IoError);
}

TEST_CASE("a file of another kind or version is told from ours") {
  const testing::TemporaryFolder folder;
  const hdf5::FileKind kind{"dko thing", 3};
  Provenance provenance = start_provenance("dko thing x", 4);
  provenance.seed = 42;
  provenance.input_checksum = "crc64:1";
  hdf5::File file = hdf5::File::create(folder / "x.h5");
  CHECK(hdf5::format_of(file).empty());
  hdf5::write_header(file, kind, provenance);
  const Provenance back = hdf5::read_header(file, kind);
  CHECK(back.command == "dko thing x");
  CHECK(back.ranks == 4);
  CHECK(back.seed == 42);
  CHECK(back.input_checksum == "crc64:1");
  CHECK(back.version == provenance.version);
  CHECK_THROWS_WITH(hdf5::read_header(file, {"dko other", 3}), Catch::Contains("not a dko other"));
  CHECK_THROWS_WITH(hdf5::read_header(file, {"dko thing", 2}), Catch::Contains("version 3"));
}

TEST_CASE("while a file is read HDF5 cannot take all memory") {
  if (!std::isfinite(available_memory())) return;
  const auto limit = [] {
    rlimit now{};
    REQUIRE(::getrlimit(RLIMIT_AS, &now) == 0);
    return now.rlim_cur;
  };
  const testing::TemporaryFolder folder;
  hdf5::File::create(folder / "x.h5").close();
  const rlim_t before = limit();
  {
    const hdf5::File file = hdf5::File::open(folder / "x.h5", hdf5::Access::read);
    CHECK(limit() < before);
  }
  CHECK(limit() == before);
}
