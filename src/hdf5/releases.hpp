#pragma once
// What differs between releases of HDF5, in one place; shared by this room's sources only.

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <string>

#include "dko/hdf5/location.hpp"

namespace dko::hdf5 {

/// Tells an object from all others of its file, whichever link leads to it: the bytes of its address
/// (HDF5 1.10) or of its token (1.12 and later).
using ObjectKey = std::array<std::uint8_t, 16>;

struct ObjectInfo {
  H5O_type_t type = H5O_TYPE_UNKNOWN;
  ObjectKey key{};
};

/// The object behind a link. Local. @throws InputError if there is none or its header cannot be read.
ObjectInfo object_info(Id location, const std::string& name, const std::string& place);

/// Whether a file has HDF5's signature; negative if that cannot be told. Local.
htri_t has_signature(const std::string& path);

/// Files that are opened with this access take no lock, and mind none; releases before 1.10.7, and 1.12.0,
/// know only the environment's HDF5_USE_FILE_LOCKING. Local. @throws IoError
void do_not_lock(Id access);

/// Frees the variable-length texts that a read has allocated. `transfer` is the property list of that read.
void free_texts(Id type, Id space, Id transfer, void* texts);

}  // namespace dko::hdf5
