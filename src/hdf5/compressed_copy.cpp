#include "dko/hdf5/compressed_copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "checks.hpp"
#include "dko/base/error.hpp"
#include "native.hpp"
#include "releases.hpp"

namespace dko::hdf5 {

namespace {

constexpr hsize_t chunk_bytes = 256 * 1024;  // several of them fit into HDF5's cache of one array
constexpr hsize_t least_bytes = 4096;
constexpr unsigned deflate_level = 4;

// What is being written when it fails: closing it would write it again, and HDF5 does not survive that.
constexpr bool left_open = true;

/// Where something is read and where it is written, for messages.
struct Sides {
  std::string from;
  std::string to;

  Sides with(const std::string& more) const { return {from + more, to + more}; }
};

void copy_attribute(Id from, Id to, const std::string& name, const Sides& place) {
  const Handle source(check_input(H5Aopen(from, name.c_str(), H5P_DEFAULT), place.from), H5Aclose);
  const Handle type(check_input(H5Aget_type(source.id()), place.from), H5Tclose);
  const Handle space(check_input(H5Aget_space(source.id()), place.from), H5Sclose);
  const auto count =
      static_cast<std::size_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space.id())));
  std::vector<std::byte> values(std::max<std::size_t>(1, count * H5Tget_size(type.id())));
  check_input(H5Aread(source.id(), type.id(), values.data()), place.from);
  const Handle target(
      check(H5Acreate2(to, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), place.to),
      H5Aclose);
  const herr_t written = H5Awrite(target.id(), type.id(), values.data());
  free_texts(type.id(), space.id(), H5P_DEFAULT, values.data());  // texts; of numbers there is nothing
  check(written, place.to);
}

void copy_attributes(Id from, Id to, const Sides& place) {
  for (const std::string& name : attribute_names(from, place.from))
    copy_attribute(from, to, name, place.with("@" + name));
}

/// The extent of an array of numbers that is worth compressing; empty for others.
std::vector<hsize_t> extent_to_compress(Id dataset, const std::string& place) {
  const Handle type(check_input(H5Dget_type(dataset), place), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  const Handle space(check_input(H5Dget_space(dataset), place), H5Sclose);
  const int dimensions = H5Sget_simple_extent_ndims(space.id());
  if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || dimensions < 1) return {};
  std::vector<hsize_t> extent(static_cast<std::size_t>(dimensions));
  check_input(H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr), place);
  hsize_t bytes = H5Tget_size(type.id());
  for (const hsize_t length : extent) bytes *= length;
  return bytes >= least_bytes ? extent : std::vector<hsize_t>();
}

/// As many rows as make up a chunk; empty without an extent.
std::vector<hsize_t> chunk_of(Id dataset, const std::vector<hsize_t>& extent, const std::string& place) {
  if (extent.empty()) return {};
  const Handle type(check_input(H5Dget_type(dataset), place), H5Tclose);
  std::vector<hsize_t> chunk = extent;
  hsize_t row_bytes = H5Tget_size(type.id());
  for (std::size_t at = 1; at < extent.size(); ++at) row_bytes *= extent[at];
  chunk[0] = std::clamp<hsize_t>(chunk_bytes / row_bytes, 1, extent[0]);
  return chunk;
}

/// Creation properties of a compressed array in such chunks, or in one piece if there are none.
Handle compressing(const std::vector<hsize_t>& chunk, const std::string& place) {
  Handle properties(check(H5Pcreate(H5P_DATASET_CREATE), place), H5Pclose);
  if (chunk.empty()) return properties;
  check(H5Pset_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data()), place);
  check(H5Pset_shuffle(properties.id()), place);
  check(H5Pset_deflate(properties.id(), deflate_level), place);
  check(H5Pset_fill_time(properties.id(), H5D_FILL_TIME_NEVER), place);
  return properties;
}

std::string cannot_write(const std::string& place) {
  return fmt::format("{}: writing failed: is the disk or the quota full?", place);
}

/// What is little, or text: names, which are held in memory anyway.
void copy_whole(Id from, Id to, const Sides& place) {
  const Handle type(check_input(H5Dget_type(from), place.from), H5Tclose);
  const Handle space(check_input(H5Dget_space(from), place.from), H5Sclose);
  const auto count =
      static_cast<std::size_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space.id())));
  if (count == 0) return;
  std::vector<std::byte> values(count * H5Tget_size(type.id()));
  check_input(H5Dread(from, type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
              fmt::format("{}: cannot be read", place.from));
  const herr_t written = H5Dwrite(to, type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  free_texts(type.id(), space.id(), H5P_DEFAULT, values.data());
  check(written, cannot_write(place.to));
}

/// As many whole rows as make up a chunk, one after the other.
void copy_rows(Id from, Id to, const std::vector<hsize_t>& extent, std::vector<hsize_t> chunk,
               const Sides& place) {
  const Handle type(check_input(H5Dget_type(from), place.from), H5Tclose);
  const Handle space(check_input(H5Dget_space(from), place.from), H5Sclose);
  hsize_t row_bytes = H5Tget_size(type.id());
  for (std::size_t at = 1; at < extent.size(); ++at) row_bytes *= extent[at];
  std::vector<std::byte> values(chunk[0] * row_bytes);
  std::vector<hsize_t> start(extent.size(), 0);
  for (std::vector<hsize_t> count = chunk; start[0] < extent[0]; start[0] += count[0]) {
    count[0] = std::min(chunk[0], extent[0] - start[0]);
    const Handle memory(
        check(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), place.from), H5Sclose);
    check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
          place.from);
    check_input(H5Dread(from, type.id(), memory.id(), space.id(), H5P_DEFAULT, values.data()),
                fmt::format("{}: cannot be read", place.from));
    check(H5Dwrite(to, type.id(), memory.id(), space.id(), H5P_DEFAULT, values.data()),
          cannot_write(place.to));
  }
}

class CompressedCopy {
 public:
  CompressedCopy(Id root, Sides files) : files_(std::move(files)), root_(root) {}

  /// `path` is that of the group, "" for the root.
  void copy_group(Id from, Id to, const std::string& path) {
    const Sides place = files_.with(path);
    copy_attributes(from, to, place);
    for (const std::string& name : link_names(from, place.from))
      copy_child(from, to, name, path + "/" + name);
  }

 private:
  void copy_child(Id from, Id to, const std::string& name, const std::string& path) {
    const Sides place = files_.with(path);
    const ObjectInfo info = object_info(from, name, place.from);
    const auto [known, is_new] = paths_.emplace(info.key, path);
    if (!is_new) {
      check(H5Lcreate_hard(root_, known->second.c_str(), to, name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
            place.to);
    } else if (info.type == H5O_TYPE_GROUP) {
      const Handle source(check_input(H5Gopen2(from, name.c_str(), H5P_DEFAULT), place.from), H5Gclose);
      const Handle properties = checked_group();
      const Handle target(
          check(H5Gcreate2(to, name.c_str(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), place.to), H5Gclose,
          left_open);
      copy_group(source.id(), target.id(), path);
    } else {
      copy_array(from, to, name, place);
    }
  }

  static void copy_array(Id from, Id to, const std::string& name, const Sides& place) {
    const Handle source(check_input(H5Dopen2(from, name.c_str(), H5P_DEFAULT), place.from), H5Dclose);
    require_readable(source.id(), place.from);
    const std::vector<hsize_t> extent = extent_to_compress(source.id(), place.from);
    const std::vector<hsize_t> chunk = chunk_of(source.id(), extent, place.from);
    const Handle type(check_input(H5Dget_type(source.id()), place.from), H5Tclose);
    const Handle space(check_input(H5Dget_space(source.id()), place.from), H5Sclose);
    const Handle properties = compressing(chunk, place.to);
    Handle target(
        check(H5Dcreate2(to, name.c_str(), type.id(), space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
              place.to),
        H5Dclose, left_open);
    copy_attributes(source.id(), target.id(), place);
    if (extent.empty())
      copy_whole(source.id(), target.id(), place);
    else
      copy_rows(source.id(), target.id(), extent, chunk, place);
    target.close(cannot_write(place.to));  // a chunk may be written only now
  }

  Sides files_;
  Id root_;                                 // of the copy
  std::map<ObjectKey, std::string> paths_;  // what is copied, by where it is in the original
};

}  // namespace

void copy_compressed(const File& from, File& to) {
  CompressedCopy(to.id(), {from.path() + ":", to.path() + ":"}).copy_group(from.id(), to.id(), "");
}

}  // namespace dko::hdf5
