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

/// A text of a fixed-length type, without its end mark or padding.
std::string fixed_text(const char* start, Id type);

/// @throws InputError if an array claims more elements than its part of the file can hold, keeps them in
/// other
///         files, or is compressed in a way that this HDF5 does not know.
void require_readable(Id dataset, const std::string& place);

/// Teaches HDF5 the LZF compression of h5py.
void register_lzf();

}  // namespace dko::hdf5
