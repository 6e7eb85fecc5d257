#include "dko/hdf5/location.hpp"

#include <fmt/format.h>

#include <utility>

#include "checks.hpp"
#include "dko/base/error.hpp"
#include "native.hpp"
#include "releases.hpp"

namespace dko::hdf5 {

namespace {

Handle simple_space(const Shape& shape, const std::string& place) {
  const std::vector<hsize_t> extent(shape.begin(), shape.end());
  return {check(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), place), H5Sclose};
}

}  // namespace

Handle text_type() {
  Handle type(check(H5Tcopy(H5T_C_S1), "HDF5 text type"), H5Tclose);
  check(H5Tset_size(type.id(), H5T_VARIABLE), "HDF5 text type");
  check(H5Tset_cset(type.id(), H5T_CSET_UTF8), "HDF5 text type");
  return type;
}

bool Location::has(const std::string& name) const {
  return check_input(H5Lexists(id(), name.c_str(), H5P_DEFAULT), at(name)) > 0;
}

namespace {

/// The type of what a link leads to, or H5O_TYPE_UNKNOWN if there is nothing.
H5O_type_t type_behind(Id location, const std::string& name, const std::string& place) {
  require_inside(location, name, place);
  if (H5Oexists_by_name(location, name.c_str(), H5P_DEFAULT) <= 0) return H5O_TYPE_UNKNOWN;
  return object_info(location, name, place).type;
}

herr_t keep_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<Names*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

Names link_names(Id group, const std::string& place) {
  Names names;
  check_input(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_name, &names), place);
  return names;
}

bool Location::has_group(const std::string& name) const {
  return has(name) && type_behind(id(), name, at(name)) == H5O_TYPE_GROUP;
}

bool Location::has_dataset(const std::string& name) const {
  return has(name) && type_behind(id(), name, at(name)) == H5O_TYPE_DATASET;
}

Names Location::children() const {
  return link_names(id(), place());
}

Location Location::create_group(const std::string& name) {
  const Handle properties = checked_group();
  const Id group = check(H5Gcreate2(id(), name.c_str(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
                         fmt::format("{}: cannot be created", at(name)));
  return {Handle(group, H5Gclose), at(name)};
}

Location Location::group(const std::string& name) const {
  if (!has(name)) throw InputError(fmt::format("{}: is missing", at(name)));
  require_inside(id(), name, at(name));
  const Id group =
      check_input(H5Gopen2(id(), name.c_str(), H5P_DEFAULT), fmt::format("{}: cannot be opened", at(name)));
  Location opened(Handle(group, H5Gclose), at(name));
  opened.is_collective_ = is_collective_;
  return opened;
}

Dataset Location::create(const std::string& name, Type type, const Shape& shape) {
  const Handle space = simple_space(shape, at(name));
  const Handle properties(check(H5Pcreate(H5P_DATASET_CREATE), at(name)), H5Pclose);
  check(H5Pset_layout(properties.id(), H5D_CONTIGUOUS), at(name));
  check(H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY), at(name));
  check(H5Pset_fill_time(properties.id(), H5D_FILL_TIME_NEVER), at(name));
  const Id dataset = check(
      H5Dcreate2(id(), name.c_str(), file_type(type), space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
      fmt::format("{}: cannot be created", at(name)));
  return {Handle(dataset, H5Dclose), at(name)};
}

Dataset Location::dataset(const std::string& name) const {
  if (!has(name)) throw InputError(fmt::format("{}: is missing", at(name)));
  require_inside(id(), name, at(name));
  Handle dataset(
      check_input(H5Dopen2(id(), name.c_str(), H5P_DEFAULT), fmt::format("{}: cannot be opened", at(name))),
      H5Dclose);
  if (!is_collective_) require_readable(dataset.id(), at(name));
  return {std::move(dataset), at(name)};
}

void Location::write_strings(const std::string& name, const Names& values) {
  const Handle type = text_type();
  const Handle space = simple_space({static_cast<std::int64_t>(values.size())}, at(name));
  const Handle dataset(
      check(H5Dcreate2(id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
            fmt::format("{}: cannot be created", at(name))),
      H5Dclose);
  std::vector<const char*> pointers;
  pointers.reserve(values.size());
  for (const std::string& value : values) pointers.push_back(value.c_str());
  set_encoding(name, "string-array", "0.2.0");
  put_checksum(dataset.id(), checksum_of_texts(values), at(name));
  if (pointers.empty()) return;
  check(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()),
        fmt::format("{}: writing failed: is the disk or the quota full?", at(name)));
}

void Location::hard_link(const Location& from, const std::string& name, const std::string& new_name) {
  check(H5Lcreate_hard(from.id(), name.c_str(), id(), new_name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
        fmt::format("{}: cannot be linked", at(new_name)));
}

}  // namespace dko::hdf5
