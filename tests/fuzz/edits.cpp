#include "edits.hpp"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "choices.hpp"
#include "dko/hdf5/handle.hpp"

namespace dko::fuzz {

namespace {

using hdf5::Handle;
using Dimensions = std::vector<hsize_t>;

constexpr std::size_t most_edits = 16;
constexpr std::size_t kinds_of_edits = 13;
constexpr hsize_t most_elements = 4096;  // that are written: others are only claimed

#if H5_VERSION_GE(1, 12, 0)
using ObjectInfo = H5O_info2_t;
constexpr auto visit_objects = H5Ovisit3;
constexpr auto free_texts = H5Treclaim;
#else
using ObjectInfo = H5O_info_t;
constexpr auto visit_objects = H5Ovisit2;
constexpr auto free_texts = H5Dvlen_reclaim;
#endif

herr_t keep_path(hid_t, const char* name, const ObjectInfo* info, void* paths) {
  auto& [all, kind] = *static_cast<std::pair<std::vector<std::string>, H5O_type_t>*>(paths);
  if (kind == H5O_TYPE_UNKNOWN || info->type == kind) all.emplace_back(name);
  return 0;
}

herr_t keep_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

/// A file in memory while it is edited. What HDF5 refuses to do is left undone.
class Edited {
 public:
  Edited(const std::string& seed, Choices& choices) : choices_(choices) {
    constexpr std::size_t step = 1 << 16;
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fapl_core(access.id(), step, false);
    std::string image = seed;
    H5Pset_file_image(access.id(), image.data(), image.size());
    file_ = Handle(H5Fopen("edited", H5F_ACC_RDWR, access.id()), H5Fclose);
  }

  void edit() {
    switch (choices_.byte() % kinds_of_edits) {
      case 0:
        return set_elements();
      case 1:
        return replace_array();
      case 2:
        return remove(path(H5O_TYPE_UNKNOWN));
      case 3:
        return link_softly();
      case 4:
        return link_outside();
      case 5:
        return store_outside();
      case 6:
        return make_virtual();
      case 7:
        return replace_attribute();
      case 8:
        return remove_attribute();
      case 9:
        return link_again();
      case 10:
        return store_in_chunks();
      case 11:
        return replace_texts();
      default:
        return replace_by_group();
    }
  }

  std::string bytes() {
    H5Fflush(file_.id(), H5F_SCOPE_GLOBAL);
    const auto size = H5Fget_file_image(file_.id(), nullptr, 0);
    std::string image(static_cast<std::size_t>(std::max<ssize_t>(size, 0)), '\0');
    H5Fget_file_image(file_.id(), image.data(), image.size());
    return image;
  }

 private:
  std::string path(H5O_type_t kind) {
    std::pair<std::vector<std::string>, H5O_type_t> found{{}, kind};
    visit_objects(file_.id(), H5_INDEX_NAME, H5_ITER_INC, keep_path, &found, H5O_INFO_BASIC);
    return found.first.empty() ? "." : choices_.one_of(found.first);
  }

  Handle open_array(const std::string& name) {
    return {H5Dopen2(file_.id(), name.c_str(), H5P_DEFAULT), H5Dclose};
  }

  void remove(const std::string& name) { H5Ldelete(file_.id(), name.c_str(), H5P_DEFAULT); }

  Dimensions dimensions() {
    Dimensions extent(choices_.below(4));
    for (hsize_t& length : extent) length = choices_.one_of(telling_lengths);
    return extent;
  }

  static hsize_t elements_of(const Dimensions& extent) {
    hsize_t count = 1;
    for (const hsize_t length : extent) {
      if (length > most_elements) return length;
      count *= length;
    }
    return count;
  }

  static Handle space_of(const Dimensions& extent) {
    if (extent.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
    return {H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose};
  }

  Handle text_type(bool variable) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.id(), variable ? H5T_VARIABLE : std::max<hsize_t>(1, choices_.one_of(telling_lengths)));
    if (choices_.below(2) == 1) H5Tset_strpad(type.id(), H5T_STR_SPACEPAD);
    return type;
  }

  Handle record_type() {
    const Handle text = text_type(choices_.below(2) == 0);
    Handle type(H5Tcreate(H5T_COMPOUND, H5Tget_size(text.id()) + 16), H5Tclose);
    H5Tinsert(type.id(), "index", 0, text.id());
    H5Tinsert(type.id(), "cell_type", H5Tget_size(text.id()), H5T_NATIVE_INT64);
    return type;
  }

  static Handle boolean_type() {
    Handle type(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
    for (std::int8_t value = 0; value < 2; ++value)
      H5Tenum_insert(type.id(), value == 0 ? "FALSE" : "TRUE", &value);
    return type;
  }

  Handle type() {
    const hsize_t three = 3;
    switch (choices_.below(14)) {
      case 0:
        return {H5Tcopy(H5T_STD_I32LE), H5Tclose};
      case 1:
        return {H5Tcopy(H5T_STD_I64BE), H5Tclose};
      case 2:
        return {H5Tcopy(H5T_IEEE_F32LE), H5Tclose};
      case 3:
        return {H5Tcopy(H5T_IEEE_F64BE), H5Tclose};
      case 4:
        return {H5Tcopy(H5T_STD_U8LE), H5Tclose};
      case 5:
        return {H5Tcopy(H5T_STD_U64LE), H5Tclose};
      case 6:
        return text_type(true);
      case 7:
        return text_type(false);
      case 8:
        return record_type();
      case 9:
        return boolean_type();
      case 10:
        return {H5Tvlen_create(H5T_NATIVE_INT32), H5Tclose};
      case 11:
        return {H5Tarray_create2(H5T_NATIVE_INT32, 1, &three), H5Tclose};
      case 12:
        return {H5Tcreate(H5T_OPAQUE, 8), H5Tclose};
      default:
        return {H5Tcopy(H5T_STD_REF_OBJ), H5Tclose};
    }
  }

  /// Layout and filters; chunks of an array of these dimensions.
  Handle creation(const Dimensions& extent) {
    Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const std::size_t kind = choices_.below(12);
    if (kind == 0 || extent.empty()) return properties;
    if (kind == 1) {
      H5Pset_layout(properties.id(), H5D_COMPACT);
      return properties;
    }
    Dimensions chunk;
    for (const hsize_t length : extent)
      chunk.push_back(std::clamp<hsize_t>(length, 1, 1 + choices_.below(64)));
    H5Pset_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data());
    constexpr std::array<unsigned, 3> lzf_parameters{4, 261, 0x7FFFFFFF};
    if (kind == 3) H5Pset_deflate(properties.id(), 4);
    if (kind == 4) H5Pset_shuffle(properties.id()), H5Pset_deflate(properties.id(), 1);
    if (kind == 5) H5Pset_fletcher32(properties.id());
    if (kind == 8) H5Pset_filter(properties.id(), 32001, H5Z_FLAG_OPTIONAL, 0, nullptr);
    if (kind == 9) H5Pset_filter(properties.id(), 32000, H5Z_FLAG_OPTIONAL, 3, lzf_parameters.data());
    return properties;
  }

  void replace_array() {
    const std::string name = path(H5O_TYPE_DATASET);
    const Dimensions extent = dimensions();
    const Handle of_type = type();
    const Handle space = space_of(extent);
    const Handle properties = creation(extent);
    remove(name);
    const Handle array(H5Dcreate2(file_.id(), name.c_str(), of_type.id(), space.id(), H5P_DEFAULT,
                                  properties.id(), H5P_DEFAULT),
                       H5Dclose);
    fill(array, of_type, extent);
  }

  /// With bytes of the input, where the array is small and of what has no pointers.
  void fill(const Handle& array, const Handle& of_type, const Dimensions& extent) {
    const std::size_t size = H5Tget_size(of_type.id());
    const bool plain =
        H5Tdetect_class(of_type.id(), H5T_VLEN) <= 0 && H5Tis_variable_str(of_type.id()) <= 0 &&
        H5Tdetect_class(of_type.id(), H5T_STRING) <= 0 && H5Tdetect_class(of_type.id(), H5T_REFERENCE) <= 0;
    if (!plain || elements_of(extent) > most_elements || choices_.below(4) == 0) return;
    std::vector<std::uint8_t> values(elements_of(extent) * size + 1);
    const std::uint8_t base = choices_.byte();
    for (std::size_t at = 0; at < values.size(); at += size)
      values[at] = static_cast<std::uint8_t>(base + at / size);
    H5Dwrite(array.id(), of_type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }

  void set_elements() {
    const Handle array = open_array(path(H5O_TYPE_DATASET));
    const Handle space(H5Dget_space(array.id()), H5Sclose);
    const hssize_t count = H5Sget_simple_extent_npoints(space.id());
    if (count < 1 || count > static_cast<hssize_t>(most_elements)) return;
    const bool real = choices_.below(4) == 0;
    if (real)
      set_element(array, H5T_NATIVE_DOUBLE, std::vector<double>(static_cast<std::size_t>(count)),
                  choices_.one_of(telling_reals));
    else
      set_element(array, H5T_NATIVE_INT64, std::vector<std::int64_t>(static_cast<std::size_t>(count)),
                  choices_.one_of(telling_numbers));
  }

  template <class T>
  void set_element(const Handle& array, hid_t memory, std::vector<T> values, T value) {
    if (H5Dread(array.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) return;
    const std::size_t at = choices_.byte();
    if (at == 255)
      std::fill(values.begin(), values.end(), value);
    else
      values[at % values.size()] = value;
    H5Dwrite(array.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }

  /// The same values in chunks, compressed or not.
  void store_in_chunks() {
    const std::string name = path(H5O_TYPE_DATASET);
    const Handle array = open_array(name);
    const Handle of_type(H5Dget_type(array.id()), H5Tclose);
    const Handle space(H5Dget_space(array.id()), H5Sclose);
    Dimensions extent(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space.id()))));
    H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
    if (array.id() < 0 || elements_of(extent) > most_elements) return;
    std::vector<std::uint8_t> values(elements_of(extent) * H5Tget_size(of_type.id()) + 1);
    if (H5Dread(array.id(), of_type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) return;
    const Handle properties = creation(extent);
    remove(name);
    const Handle copy(H5Dcreate2(file_.id(), name.c_str(), of_type.id(), space.id(), H5P_DEFAULT,
                                 properties.id(), H5P_DEFAULT),
                      H5Dclose);
    H5Dwrite(copy.id(), of_type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    free_texts(of_type.id(), space.id(), H5P_DEFAULT, values.data());
  }

  void replace_texts() {
    const std::string name = path(H5O_TYPE_DATASET);
    std::vector<std::string> texts(choices_.below(12));
    for (std::string& text : texts) text = choices_.text();
    std::vector<const char*> pointers;
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    const Handle of_type = text_type(true);
    const Handle space = space_of({pointers.size()});
    remove(name);
    const Handle array(
        H5Dcreate2(file_.id(), name.c_str(), of_type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Dclose);
    if (!pointers.empty()) H5Dwrite(array.id(), of_type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data());
  }

  void replace_by_group() {
    const std::string name = path(H5O_TYPE_UNKNOWN);
    remove(name);
    const Handle group(H5Gcreate2(file_.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  }

  void link_softly() {
    const std::string name = path(H5O_TYPE_UNKNOWN);
    const std::string goal = "/" + path(H5O_TYPE_UNKNOWN);
    remove(name);
    H5Lcreate_soft(goal.c_str(), file_.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  }

  void link_again() {
    const std::string name = path(H5O_TYPE_UNKNOWN);
    const std::string goal = path(H5O_TYPE_UNKNOWN);
    remove(name);
    H5Lcreate_hard(file_.id(), goal.c_str(), file_.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  }

  void link_outside() {
    const std::string name = path(H5O_TYPE_UNKNOWN);
    remove(name);
    H5Lcreate_external("/dev/null", "/X", file_.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  }

  void store_outside() {
    const std::string name = path(H5O_TYPE_DATASET);
    const hsize_t length = choices_.one_of(telling_lengths);
    const Handle space = space_of({length});
    const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_external(properties.id(), "/dev/zero", 0, H5F_UNLIMITED);
    remove(name);
    const Handle array(H5Dcreate2(file_.id(), name.c_str(), H5T_STD_I32LE, space.id(), H5P_DEFAULT,
                                  properties.id(), H5P_DEFAULT),
                       H5Dclose);
  }

  void make_virtual() {
    const std::string name = path(H5O_TYPE_DATASET);
    const Handle space = space_of({choices_.one_of(telling_lengths)});
    const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_virtual(properties.id(), space.id(), "/dev/null", "/X", space.id());
    remove(name);
    const Handle array(H5Dcreate2(file_.id(), name.c_str(), H5T_STD_I32LE, space.id(), H5P_DEFAULT,
                                  properties.id(), H5P_DEFAULT),
                       H5Dclose);
  }

  std::string attribute_of(const Handle& object) {
    std::vector<std::string> names;
    H5Aiterate2(object.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_attribute, &names);
    constexpr std::array usual{"shape", "encoding-type", "_index", "format", "kind", "members", "keep"};
    const std::size_t at = choices_.below(names.size() + usual.size());
    return at < names.size() ? names[at] : usual[at - names.size()];
  }

  void remove_attribute() {
    const Handle object(H5Oopen(file_.id(), path(H5O_TYPE_UNKNOWN).c_str(), H5P_DEFAULT), H5Oclose);
    H5Adelete(object.id(), attribute_of(object).c_str());
  }

  void replace_attribute() {
    const Handle object(H5Oopen(file_.id(), path(H5O_TYPE_UNKNOWN).c_str(), H5P_DEFAULT), H5Oclose);
    const std::string name = attribute_of(object);
    H5Adelete(object.id(), name.c_str());
    switch (choices_.below(4)) {
      case 0:
        return put_attribute(object, name, H5T_NATIVE_INT64,
                             {choices_.one_of(telling_numbers), choices_.one_of(telling_numbers)});
      case 1:
        return put_text(object, name);
      case 2:
        return put_attribute(object, name, H5T_NATIVE_INT64, {choices_.one_of(telling_numbers)});
      default:
        break;
    }
    const Handle of_type = type();
    const Handle space = space_of(dimensions());
    const Handle attribute(
        H5Acreate2(object.id(), name.c_str(), of_type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  }

  static void put_attribute(const Handle& object, const std::string& name, hid_t of_type,
                            const std::vector<std::int64_t>& values) {
    const Handle space = values.size() == 1 ? space_of({}) : space_of({values.size()});
    const Handle attribute(
        H5Acreate2(object.id(), name.c_str(), of_type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    H5Awrite(attribute.id(), of_type, values.data());
  }

  void put_text(const Handle& object, const std::string& name) {
    const std::string text = choices_.text();
    const char* pointer = text.c_str();
    const Handle of_type = text_type(true);
    const Handle space = space_of({});
    const Handle attribute(
        H5Acreate2(object.id(), name.c_str(), of_type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    H5Awrite(attribute.id(), of_type.id(), &pointer);
  }

  Choices& choices_;
  Handle file_;
};

}  // namespace

std::string edited(const std::vector<std::string>& seeds, std::span<const std::uint8_t> edits) {
  Choices choices(edits);
  Edited file(choices.one_of(seeds), choices);
  for (std::size_t made = 0; made < most_edits && !choices.at_end(); ++made) file.edit();
  return file.bytes();
}

std::vector<std::string> first_edits(const std::vector<std::string>& seeds) {
  std::vector<std::string> inputs;
  for (std::size_t seed = 0; seed < seeds.size(); ++seed) {
    const auto first = static_cast<char>(seed);
    inputs.emplace_back(1, first);
    for (std::size_t kind = 0; kind < kinds_of_edits; ++kind) {
      const std::string begin{first, static_cast<char>(kind)};
      for (const char choice : {'\1', '\3', '\7'}) inputs.push_back(begin + std::string(6, choice));
    }
  }
  return inputs;
}

}  // namespace dko::fuzz
