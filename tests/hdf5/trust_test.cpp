// Files that claim more than they hold, or keep it elsewhere. The HDF5 library makes them itself.
#include <hdf5.h>

#include <catch2/catch.hpp>
#include <functional>

#include "dko/base/error.hpp"
#include "dko/hdf5/file.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

using hdf5::Handle;

constexpr hsize_t huge = hsize_t{1} << 60;

/// A file that `fill` fills through the library.
void make_file(const std::filesystem::path& path, const std::function<void(hid_t)>& fill) {
  hdf5::prepare_library();
  const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  REQUIRE(file.id() >= 0);
  fill(file.id());
}

void make_array(hid_t file, const std::vector<hsize_t>& extent, hid_t type,
                const std::function<void(hid_t)>& set = {}) {
  const Handle space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (set) set(properties.id());
  const Handle array(H5Dcreate2(file, "x", type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
                     H5Dclose);
  REQUIRE(array.id() >= 0);
}

void check_refused(const std::filesystem::path& path, const char* words) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  CHECK_THROWS_WITH(file.dataset("x"), Catch::Contains(words) && Catch::Contains(":/x"));
  CHECK_THROWS_AS(file.read<std::int32_t>("x"), InputError);
}

}  // namespace

TEST_CASE("sizes that an array claims are not believed") {
  const testing::TemporaryFolder folder;
  const auto path = folder / "claims.h5";
  const auto in_chunks = [](hsize_t length, int dimensions) {
    return [=](hid_t properties) {
      const std::vector<hsize_t> chunk(static_cast<std::size_t>(dimensions), length);
      H5Pset_chunk(properties, dimensions, chunk.data());
      H5Pset_deflate(properties, 4);
    };
  };
  const char* words = "claims more data than the file holds";
  make_file(path, [](hid_t file) { make_array(file, {huge}, H5T_NATIVE_INT8); });
  check_refused(path, words);
  make_file(path, [&](hid_t file) { make_array(file, {huge}, H5T_NATIVE_INT64, in_chunks(1 << 20, 1)); });
  check_refused(path, words);
  // 2^64 elements, of which 64 bits keep none.
  make_file(path, [&](hid_t file) {
    make_array(file, {hsize_t{1} << 32, hsize_t{1} << 32}, H5T_NATIVE_INT8, in_chunks(64, 2));
  });
  check_refused(path, words);
  // What claims nothing may hold nothing.
  make_file(path, [&](hid_t file) { make_array(file, {0}, H5T_NATIVE_INT8, in_chunks(100, 1)); });
  CHECK(hdf5::File::open(path, hdf5::Access::read).read<std::int32_t>("x").empty());
}

TEST_CASE("arrays with values in other files, or behind links to them, are not read") {
  const testing::TemporaryFolder folder;
  const auto path = folder / "elsewhere.h5";
  make_file(path, [](hid_t file) {
    make_array(file, {4}, H5T_NATIVE_INT32,
               [](hid_t properties) { H5Pset_external(properties, "/dev/zero", 0, H5F_UNLIMITED); });
  });
  check_refused(path, "in other files");
  make_file(path, [](hid_t file) {
    make_array(file, {4}, H5T_NATIVE_INT32, [](hid_t properties) {
      const hsize_t four = 4;
      const Handle space(H5Screate_simple(1, &four, nullptr), H5Sclose);
      H5Pset_virtual(properties, space.id(), "other.h5", "/x", space.id());
    });
  });
  check_refused(path, "in other files");
  make_file(path,
            [](hid_t file) { H5Lcreate_external("other.h5", "/x", file, "x", H5P_DEFAULT, H5P_DEFAULT); });
  check_refused(path, "link to another file");
  // In the middle of a path it is the library that would follow it.
  make_file(folder / "other.h5", [](hid_t file) { make_array(file, {4}, H5T_NATIVE_INT32); });
  make_file(path, [](hid_t file) {
    H5Lcreate_external("other.h5", "/", file, "away", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/away/x", file, "x", H5P_DEFAULT, H5P_DEFAULT);
  });
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  CHECK_THROWS_AS(file.dataset("x"), InputError);
  CHECK_FALSE(file.has_dataset("x"));
}

TEST_CASE("links that stay in the file are followed, but not in circles") {
  const testing::TemporaryFolder folder;
  const auto path = folder / "links.h5";
  make_file(path, [](hid_t file) {
    make_array(file, {0}, H5T_NATIVE_INT32);
    H5Lcreate_soft("/x", file, "same", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/b", file, "a", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/a", file, "b", H5P_DEFAULT, H5P_DEFAULT);
  });
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  CHECK(file.dataset("same").size() == 0);
  CHECK_THROWS_AS(file.dataset("a"), InputError);
  CHECK_THROWS_AS(file.group("a"), InputError);
}

TEST_CASE("filters that nobody needs here are not trusted, and unknown ones named") {
  const testing::TemporaryFolder folder;
  const auto path = folder / "filters.h5";
  const auto with_filter = [&](H5Z_filter_t filter) {
    make_file(path, [&](hid_t file) {
      make_array(file, {0}, H5T_NATIVE_INT32, [&](hid_t properties) {
        const hsize_t chunk = 4;
        H5Pset_chunk(properties, 1, &chunk);
        if (filter == H5Z_FILTER_SCALEOFFSET)
          H5Pset_scaleoffset(properties, H5Z_SO_INT, 0);
        else
          H5Pset_filter(properties, filter, H5Z_FLAG_OPTIONAL, 0, nullptr);
      });
    });
  };
  with_filter(H5Z_FILTER_SCALEOFFSET);
  check_refused(path, "compressed by filter 6");
  with_filter(32001);
  check_refused(path, "compressed by filter 32001");
}

TEST_CASE("attributes that claim too much are refused") {
  const testing::TemporaryFolder folder;
  const auto path = folder / "attributes.h5";
  make_file(path, [](hid_t file) {
    const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.id(), 40000);
    const hsize_t two = 2;
    const Handle space(H5Screate_simple(1, &two, nullptr), H5Sclose);
    const Handle attribute(H5Acreate2(file, "words", type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose);
  });
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  CHECK_THROWS_AS(file.text_attribute("words"), InputError);
}
