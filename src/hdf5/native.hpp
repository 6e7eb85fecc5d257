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
  }
  return -1;
}

/// Variable-length UTF-8 text.
Handle text_type();

}  // namespace dko::hdf5
