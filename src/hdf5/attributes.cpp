#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/hdf5/location.hpp"
#include "native.hpp"

namespace dko::hdf5 {

namespace {

/// A scalar, or an array of `count` elements.
Handle attribute_space(std::int64_t count, bool scalar, const std::string& place) {
  if (scalar) return {check(H5Screate(H5S_SCALAR), place), H5Sclose};
  const auto extent = static_cast<hsize_t>(count);
  return {check(H5Screate_simple(1, &extent, nullptr), place), H5Sclose};
}

/// Whether the attribute is of this type and shape, so that it can be written in its place.
bool fits(const Handle& attribute, Id stored_as, const Handle& space, const std::string& place) {
  const Handle type(check(H5Aget_type(attribute.id()), place), H5Tclose);
  const Handle extent(check(H5Aget_space(attribute.id()), place), H5Sclose);
  return H5Tequal(type.id(), stored_as) > 0 && H5Tis_variable_str(stored_as) <= 0 &&
         H5Sextent_equal(extent.id(), space.id()) > 0;
}

/// Makes or replaces the attribute `name` of `object`.
void put(Id object, const std::string& name, Id type, Id stored_as, const Handle& space, const void* value,
         const std::string& place) {
  const std::string words = fmt::format("{}: attribute {} cannot be written", place, name);
  Handle attribute;
  if (check(H5Aexists(object, name.c_str()), place) > 0) {
    attribute = Handle(check(H5Aopen(object, name.c_str(), H5P_DEFAULT), words), H5Aclose);
    if (!fits(attribute, stored_as, space, place)) {
      attribute = Handle();
      check(H5Adelete(object, name.c_str()), words);
    }
  }
  if (attribute.id() < 0) {
    attribute = Handle(
        check(H5Acreate2(object, name.c_str(), stored_as, space.id(), H5P_DEFAULT, H5P_DEFAULT), words),
        H5Aclose);
  }
  if (H5Sget_simple_extent_npoints(space.id()) > 0) check(H5Awrite(attribute.id(), type, value), words);
}

herr_t keep_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<Names*>(names)->emplace_back(name);
  return 0;
}

void put_text(Id object, const std::string& name, const std::string& text, const std::string& place) {
  const Handle type = text_type();
  const char* pointer = text.c_str();
  put(object, name, type.id(), type.id(), attribute_space(1, true, place), &pointer, place);
}

}  // namespace

Names attribute_names(Id object, const std::string& place) {
  Names names;
  check_input(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_attribute, &names), place);
  return names;
}

void Location::set(const std::string& attribute, const std::string& text) {
  put_text(id(), attribute, text, place());
}

void Location::set_fixed(const std::string& attribute, const std::string& text, std::size_t width) {
  const Handle type(check(H5Tcopy(H5T_C_S1), place()), H5Tclose);
  check(H5Tset_size(type.id(), width), place());
  check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), place());
  std::string padded = text;
  padded.resize(width, '\0');
  put(id(), attribute, type.id(), type.id(), attribute_space(1, true, place()), padded.data(), place());
}

void Location::set(const std::string& attribute, std::int64_t value) {
  put(id(), attribute, H5T_NATIVE_INT64, H5T_STD_I64LE, attribute_space(1, true, place()), &value, place());
}

void put_unsigned(Id object, const std::string& name, std::uint64_t value, const std::string& place) {
  put(object, name, H5T_NATIVE_UINT64, H5T_STD_U64LE, attribute_space(1, true, place), &value, place);
}

void Location::set(const std::string& attribute, std::uint64_t value) {
  put_unsigned(id(), attribute, value, place());
}

void Location::set(const std::string& attribute, double value) {
  put(id(), attribute, H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, attribute_space(1, true, place()), &value, place());
}

void Location::set(const std::string& attribute, const std::vector<std::int64_t>& values) {
  const Handle space = attribute_space(static_cast<std::int64_t>(values.size()), false, place());
  put(id(), attribute, H5T_NATIVE_INT64, H5T_STD_I64LE, space, values.data(), place());
}

void Location::set(const std::string& attribute, const Names& texts) {
  const Handle type = text_type();
  const Handle space = attribute_space(static_cast<std::int64_t>(texts.size()), false, place());
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  put(id(), attribute, type.id(), type.id(), space, pointers.data(), place());
}

namespace {

/// A boolean as h5py has it: an enumeration of FALSE and TRUE.
void put_false(Id object, const std::string& name, const std::string& place) {
  const Handle type(check(H5Tenum_create(H5T_STD_I8LE), place), H5Tclose);
  for (const auto& [word, value] : {std::pair<const char*, std::int8_t>{"FALSE", 0}, {"TRUE", 1}})
    check(H5Tenum_insert(type.id(), word, &value), place);
  const std::int8_t value = 0;
  put(object, name, type.id(), type.id(), attribute_space(1, true, place), &value, place);
}

}  // namespace

void Location::set_encoding(const std::string& name, const std::string& type, const std::string& version) {
  const std::string object = name.empty() ? "." : name;
  const Handle target(check(H5Oopen(id(), object.c_str(), H5P_DEFAULT), at(name)), H5Oclose);
  put_text(target.id(), "encoding-type", type, at(name));
  put_text(target.id(), "encoding-version", version, at(name));
  if (type == "categorical") put_false(target.id(), "ordered", at(name));
}

bool Location::has_attribute(const std::string& attribute) const {
  return check_input(H5Aexists(id(), attribute.c_str()), place()) > 0;
}

namespace {

/// The one text of an attribute, of variable or fixed length. `what` is for messages.
std::string text_of(Id attribute, Id type, const std::string& what) {
  const auto read = [&](void* into) {
    check_input(H5Aread(attribute, type, into), fmt::format("{} cannot be read", what));
  };
  if (H5Tis_variable_str(type) > 0) {
    char* pointer = nullptr;
    read(&pointer);
    if (pointer == nullptr) return {};
    std::string text = pointer;
    H5free_memory(pointer);
    return text;
  }
  std::string bytes(H5Tget_size(type), '\0');
  read(bytes.data());
  return fixed_text(bytes.data(), type);
}

}  // namespace

Handle Location::open_attribute(const std::string& attribute) const {
  if (!has_attribute(attribute))
    throw InputError(fmt::format("{}: attribute {} is missing", place(), attribute));
  Handle opened(check_input(H5Aopen(id(), attribute.c_str(), H5P_DEFAULT), place()), H5Aclose);
  if (!is_collective_)
    require_readable_attribute(opened.id(), fmt::format("{}: attribute {}", place(), attribute));
  return opened;
}

std::string Location::text_attribute(const std::string& attribute) const {
  const Handle from = open_attribute(attribute);
  const Handle space(check_input(H5Aget_space(from.id()), place()), H5Sclose);
  const Handle type(check_input(H5Aget_type(from.id()), place()), H5Tclose);
  if (H5Sget_simple_extent_npoints(space.id()) != 1 || H5Tget_class(type.id()) != H5T_STRING)
    throw InputError(fmt::format("{}: attribute {} is not a text", place(), attribute));
  return text_of(from.id(), type.id(), fmt::format("{}: attribute {}", place(), attribute));
}

std::vector<std::int64_t> Location::integers_attribute(const std::string& attribute) const {
  constexpr hssize_t most = 1024;
  const Handle from = open_attribute(attribute);
  const Handle space(check_input(H5Aget_space(from.id()), place()), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  std::vector<std::int64_t> values(static_cast<std::size_t>(std::clamp<hssize_t>(count, 0, most)));
  if (count < 1 || count > most || H5Aread(from.id(), H5T_NATIVE_INT64, values.data()) < 0)
    throw InputError(fmt::format("{}: attribute {} is not a list of numbers", place(), attribute));
  return values;
}

void Location::read_attribute(const std::string& attribute, Id type, void* value) const {
  const Handle from = open_attribute(attribute);
  const Handle space(check_input(H5Aget_space(from.id()), place()), H5Sclose);
  if (H5Sget_simple_extent_npoints(space.id()) != 1 || H5Aread(from.id(), type, value) < 0) {
    throw InputError(fmt::format("{}: attribute {} is not what dko writes", place(), attribute));
  }
}

std::int64_t Location::integer_attribute(const std::string& attribute) const {
  std::int64_t value = 0;
  read_attribute(attribute, H5T_NATIVE_INT64, &value);
  return value;
}

std::uint64_t Location::unsigned_attribute(const std::string& attribute) const {
  std::uint64_t value = 0;
  read_attribute(attribute, H5T_NATIVE_UINT64, &value);
  return value;
}

double Location::real_attribute(const std::string& attribute) const {
  double value = 0;
  read_attribute(attribute, H5T_NATIVE_DOUBLE, &value);
  return value;
}

}  // namespace dko::hdf5
