#pragma once
// Shared by this room's sources only.

#include <hdf5.h>

#include "dko/hdf5/location.hpp"

namespace dko::hdf5 {

inline hid_t memory_type(Type type) {
  switch (type) {
    case Type::f32:
      return H5T_NATIVE_FLOAT;
    case Type::f64:
      return H5T_NATIVE_DOUBLE;
    case Type::i32:
      return H5T_NATIVE_INT32;
    case Type::i64:
      return H5T_NATIVE_INT64;
    case Type::u64:
      return H5T_NATIVE_UINT64;
  }
  return -1;
}

inline hid_t file_type(Type type) {
  switch (type) {
    case Type::f32:
      return H5T_IEEE_F32LE;
    case Type::f64:
      return H5T_IEEE_F64LE;
    case Type::i32:
      return H5T_STD_I32LE;
    case Type::i64:
      return H5T_STD_I64LE;
    case Type::u64:
      return H5T_STD_U64LE;
  }
  return -1;
}

/// Variable-length UTF-8 text.
Handle text_type();

/// Names of all links of a group, in their order. @throws InputError
Names link_names(Id group, const std::string& place);

/// Names of all attributes of an object, in their order. @throws InputError
Names attribute_names(Id object, const std::string& place);

/// Makes or replaces an attribute of an object. @throws IoError
void put_unsigned(Id object, const std::string& name, std::uint64_t value, const std::string& place);

/// A text of a fixed-length type, without its end mark or padding.
std::string fixed_text(const char* start, Id type);

/// Size of the file that an object is in. Not of one that all ranks have open: HDF5 may flush it here, which
/// is collective.
double file_bytes(Id object, const std::string& place);

/// @throws InputError if an array claims more elements than its part of the file can hold, keeps them in
/// other
///         files, or is compressed in a way that is not read here.
void require_readable(Id dataset, const std::string& place);

/// @throws InputError if an attribute claims more than the file can hold; `what` names it.
void require_readable_attribute(Id attribute, const std::string& what);

/// @throws InputError if a link leads to another file, or is of a kind that HDF5 does not know.
void require_inside(Id location, const std::string& name, const std::string& place);

/// @throws InputError unless lengths and addresses in the file are of 64 bits, as all programs write them.
void require_usual_sizes(Id file, const std::string& place);

/// For files that are only read: global heaps that are not sound, which HDF5 would trust, cannot be read.
Handle reading_access();

/// No link to another file is followed from here on, not even from the middle of a path.
void refuse_external_links();

/// LZF, filter 32000 of the HDF5 Group's registry, with the chunk's size in bytes as third parameter.
inline constexpr H5Z_filter_t lzf_filter = 32000;
inline constexpr std::size_t lzf_size_parameter = 2;

/// Teaches HDF5 the LZF compression of h5py.
void register_lzf();

}  // namespace dko::hdf5
