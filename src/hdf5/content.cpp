// Reading arrays that other programs wrote, whatever their types.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/hdf5/location.hpp"
#include "native.hpp"
#include "releases.hpp"

namespace dko::hdf5 {

namespace {

/// Room for the strings that HDF5 allocates when it reads variable-length text: all that honest files have
/// are in the file, each once.
class TextRoom {
 public:
  TextRoom(double bytes, const std::string& place)
      : left_(bytes), properties_(check(H5Pcreate(H5P_DATASET_XFER), place), H5Pclose) {
    check(H5Pset_vlen_mem_manager(properties_.id(), take, this, give_back, nullptr), place);
  }
  TextRoom(const TextRoom&) = delete;
  TextRoom& operator=(const TextRoom&) = delete;

  Id properties() const { return properties_.id(); }

 private:
  static void* take(std::size_t bytes, void* room) {
    double& left = static_cast<TextRoom*>(room)->left_;
    if (static_cast<double>(bytes) > left) return nullptr;
    left -= static_cast<double>(bytes);
    return std::malloc(bytes);
  }
  static void give_back(void* text, void*) { std::free(text); }

  double left_;
  Handle properties_;
};

/// Frees those strings.
struct Reclaim {
  Id type;
  Id space;
  const TextRoom& room;
  void* values;
  ~Reclaim() { free_texts(type, space, room.properties(), values); }
};

Content content_of(Id type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
    case H5T_ENUM:
      return Content::numbers;
    case H5T_STRING:
      return Content::text;
    case H5T_COMPOUND:
      return Content::records;
    default:
      return Content::other;
  }
}

/// Records of one field, as they are in memory: the field alone.
Handle record_of(const std::string& field, Id type, const std::string& place) {
  Handle record(check(H5Tcreate(H5T_COMPOUND, H5Tget_size(type)), place), H5Tclose);
  check(H5Tinsert(record.id(), field.c_str(), 0, type), place);
  return record;
}

bool is_single(Id type) {
  return H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) == sizeof(float);
}

std::string whole_or_decimal(double value, bool is_single) {
  constexpr double exact = 1e15;
  if (std::floor(value) == value && std::abs(value) < exact) return fmt::format("{:.0f}", value);
  return is_single ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

/// What the values of an enumeration are called. @throws InputError unless they are distinct whole numbers
std::map<double, std::string> names_of_values(Id type, const std::string& place) {
  const Handle numbers(check_input(H5Tget_super(type), place), H5Tclose);
  if (H5Tget_class(numbers.id()) != H5T_INTEGER || H5Tget_size(numbers.id()) != H5Tget_size(type) ||
      H5Tget_size(type) > sizeof(double))
    throw InputError(fmt::format("{}: has names for values that are no numbers: the file is corrupt", place));
  std::map<double, std::string> names;
  const Id members = check_input(H5Tget_nmembers(type), place);
  for (unsigned at = 0; static_cast<Id>(at) < members; ++at) {
    std::vector<char> value(std::max(H5Tget_size(type), sizeof(double)));
    check_input(H5Tget_member_value(type, at, value.data()), place);
    check_input(H5Tconvert(numbers.id(), H5T_NATIVE_DOUBLE, 1, value.data(), nullptr, H5P_DEFAULT), place);
    double number = 0;
    std::memcpy(&number, value.data(), sizeof(number));
    char* name = H5Tget_member_name(type, at);
    std::string text = name == nullptr ? "" : name;
    H5free_memory(name);
    const std::string word = lower_case(text);
    if (word == "true" || word == "false") text = word == "true" ? "True" : "False";
    if (!names.emplace(number, text).second)
      throw InputError(fmt::format("{}: has two names for the value {}: the file is corrupt", place, number));
  }
  return names;
}

/// Empty where a value has no name, as R's missing values have none. @throws InputError if the names would
/// take far more memory than the file has bytes
Names names_in(const std::vector<double>& values, Id type, double bytes_of_file, const std::string& place) {
  constexpr double usual_name = 256;
  const std::map<double, std::string> names = names_of_values(type, place);
  double left = bytes_of_file + usual_name * static_cast<double>(values.size());
  Names texts;
  texts.reserve(values.size());
  for (const double value : values) {
    const auto found = names.find(value);
    texts.push_back(found == names.end() ? std::string() : found->second);
    left -= static_cast<double>(texts.back().size());
    if (left < 0)
      throw InputError(
          fmt::format("{}: repeats names of more than {} letters: the file is corrupt", place, usual_name));
  }
  return texts;
}

}  // namespace

std::string fixed_text(const char* start, Id type) {
  const std::size_t size = H5Tget_size(type);
  std::string text(start, std::find(start, start + size, '\0'));
  if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

Content Dataset::content() const {
  const Handle type(check_input(H5Dget_type(handle_.id()), place_), H5Tclose);
  return content_of(type.id());
}

bool Dataset::is_enumeration() const {
  const Handle type(check_input(H5Dget_type(handle_.id()), place_), H5Tclose);
  return H5Tget_class(type.id()) == H5T_ENUM;
}

bool Dataset::is_single_precision() const {
  const Handle type(check_input(H5Dget_type(handle_.id()), place_), H5Tclose);
  return is_single(type.id());
}

Shape Dataset::chunk() const {
  const Handle properties(check_input(H5Dget_create_plist(handle_.id()), place_), H5Pclose);
  if (H5Pget_layout(properties.id()) != H5D_CHUNKED) return {};
  std::vector<hsize_t> extent(shape().size());
  check_input(H5Pget_chunk(properties.id(), static_cast<int>(extent.size()), extent.data()), place_);
  return {extent.begin(), extent.end()};
}

Names Dataset::fields() const {
  const Handle type(check_input(H5Dget_type(handle_.id()), place_), H5Tclose);
  Names names;
  if (H5Tget_class(type.id()) != H5T_COMPOUND) return names;
  for (unsigned at = 0; static_cast<int>(at) < H5Tget_nmembers(type.id()); ++at) {
    char* name = H5Tget_member_name(type.id(), at);
    names.emplace_back(name == nullptr ? "" : name);
    H5free_memory(name);
  }
  return names;
}

Handle Dataset::element_type(const std::string& field) const {
  Handle type(check_input(H5Dget_type(handle_.id()), place_), H5Tclose);
  if (field.empty()) return type;
  const int member =
      H5Tget_class(type.id()) == H5T_COMPOUND ? H5Tget_member_index(type.id(), field.c_str()) : -1;
  if (member < 0) throw InputError(fmt::format("{}: has no field {}", place_, field));
  return {check_input(H5Tget_member_type(type.id(), static_cast<unsigned>(member)), place_), H5Tclose};
}

void Dataset::read_all(Id type, const std::string& field, void* values, Id transfer) const {
  const Handle record = field.empty() ? Handle() : record_of(field, type, place_);
  check_input(H5Dread(handle_.id(), field.empty() ? type : record.id(), H5S_ALL, H5S_ALL, transfer, values),
              fmt::format("{}: cannot be read", place_));
}

Names Dataset::texts(const std::string& field) const {
  const Handle type = element_type(field);
  const auto count = static_cast<std::size_t>(size());
  Names values;
  values.reserve(count);
  if (H5Tget_class(type.id()) == H5T_ENUM)
    return names_in(numbers(field), type.id(), file_bytes(handle_.id(), place_), place_);
  if (content_of(type.id()) == Content::numbers) {
    const bool single = is_single(type.id());
    for (const double value : numbers(field)) values.push_back(whole_or_decimal(value, single));
    return values;
  }
  if (content_of(type.id()) != Content::text)
    throw InputError(
        fmt::format("{}{}{}: is neither text nor numbers", place_, field.empty() ? "" : ", ", field));
  if (count == 0) return values;
  if (H5Tis_variable_str(type.id()) > 0) {
    const Handle space(check_input(H5Dget_space(handle_.id()), place_), H5Sclose);
    std::vector<char*> pointers(count, nullptr);
    const TextRoom room(file_bytes(handle_.id(), place_) + static_cast<double>(count), place_);
    const Reclaim reclaim{type.id(), space.id(), room, pointers.data()};
    read_all(type.id(), field, pointers.data(), room.properties());
    for (const char* pointer : pointers) values.emplace_back(pointer == nullptr ? "" : pointer);
    return values;
  }
  const std::size_t width = H5Tget_size(type.id());
  std::vector<char> bytes(count * width);
  read_all(type.id(), field, bytes.data());
  for (std::size_t at = 0; at < count; ++at)
    values.push_back(fixed_text(bytes.data() + at * width, type.id()));
  return values;
}

Names Location::read_strings(const std::string& name) const {
  const Dataset from = dataset(name);
  if (from.content() != Content::text) throw InputError(fmt::format("{}: cannot be read as text", at(name)));
  return from.texts();
}

std::vector<double> Dataset::numbers(const std::string& field) const {
  const Handle type = element_type(field);
  if (content_of(type.id()) != Content::numbers)
    throw InputError(fmt::format("{}{}{}: is not numeric", place_, field.empty() ? "" : ", ", field));
  std::vector<double> values(static_cast<std::size_t>(size()));
  if (!values.empty()) read_all(H5T_NATIVE_DOUBLE, field, values.data());
  return values;
}

}  // namespace dko::hdf5
