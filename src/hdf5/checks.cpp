#include "checks.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "native.hpp"
#include "releases.hpp"

namespace dko::hdf5 {

namespace {

constexpr unsigned most_within = 4096;  // attributes or links, within the object

Handle all_within(Id kind) {
  Handle properties(check(H5Pcreate(kind), "HDF5 properties"), H5Pclose);
  check(H5Pset_attr_phase_change(properties.id(), most_within, 0), "HDF5 properties");
  check(H5Pset_link_phase_change(properties.id(), most_within, 0), "HDF5 properties");
  return properties;
}

/// Adds up the texts of objects, each once, in the order of their names.
class AttributeTexts {
 public:
  explicit AttributeTexts(std::string file) : file_(std::move(file)) {}

  void add_group(Id group, const std::string& path) {
    add_attributes(group, path);
    for (const std::string& name : link_names(group, file_ + path)) add_child(group, name, path + "/" + name);
  }

  std::uint64_t value() const { return sum_.value(); }

 private:
  void add_child(Id group, const std::string& name, const std::string& path) {
    const ObjectInfo info = object_info(group, name, file_ + path);
    if (!seen_.insert(info.key).second) return;
    const Handle object(check_input(H5Oopen(group, name.c_str(), H5P_DEFAULT), file_ + path), H5Oclose);
    if (info.type == H5O_TYPE_GROUP)
      add_group(object.id(), path);
    else
      add_attributes(object.id(), path);
  }

  void add_attributes(Id object, const std::string& path) {
    for (const std::string& name : attribute_names(object, file_ + path)) add_texts(object, name, path);
  }

  void add_texts(Id object, const std::string& name, const std::string& path) {
    const std::string place = fmt::format("{}{}: attribute {} cannot be read", file_, path, name);
    const Handle attribute(check_input(H5Aopen(object, name.c_str(), H5P_DEFAULT), place), H5Aclose);
    const Handle type(check_input(H5Aget_type(attribute.id()), place), H5Tclose);
    if (H5Tis_variable_str(type.id()) <= 0) return;  // lies with the object, whose checksum is HDF5's
    const Handle space(check_input(H5Aget_space(attribute.id()), place), H5Sclose);
    const auto count = check_input(H5Sget_simple_extent_npoints(space.id()), place);
    std::vector<char*> texts(static_cast<std::size_t>(count), nullptr);
    if (count > 0) check_input(H5Aread(attribute.id(), type.id(), texts.data()), place);
    sum_.add(path);
    sum_.add(name);
    for (const char* text : texts) sum_.add(std::string(text == nullptr ? "" : text));
    if (count > 0) free_texts(type.id(), space.id(), H5P_DEFAULT, texts.data());
  }

  std::string file_;  // for messages
  std::set<ObjectKey> seen_;
  RunningChecksum sum_;
};

}  // namespace

Handle checked_access() {
  Handle properties(check(H5Pcreate(H5P_FILE_ACCESS), "HDF5 file access"), H5Pclose);
  check(H5Pset_libver_bounds(properties.id(), H5F_LIBVER_V18, H5F_LIBVER_V18), "HDF5 file access");
  do_not_lock(properties.id());  // OutputLock keeps writers apart, and readers must not make a job fail
  return properties;
}

Handle checked_file() {
  return all_within(H5P_FILE_CREATE);
}

Handle checked_group() {
  return all_within(H5P_GROUP_CREATE);
}

void put_checksum(Id dataset, std::uint64_t sum, const std::string& place) {
  put_unsigned(dataset, checksum_attribute, sum, place);
}

void Dataset::set_checksum(std::uint64_t sum) {
  put_checksum(handle_.id(), sum, place_);
}

std::uint64_t checksum_of_attributes(const File& file) {
  AttributeTexts texts(file.path() + ":");
  texts.add_group(file.id(), "");
  return texts.value();
}

}  // namespace dko::hdf5
