#pragma once

#include "dko/hdf5/file.hpp"

namespace dko::hdf5 {

/// Copies all that is in `from` into `to`, which is new and empty: groups, attributes, arrays. Arrays of
/// numbers of more than a few thousand bytes are then held in chunks of whole rows, about 256 KiB, their
/// bytes shuffled and deflated; what is read from them is the same to the bit. What has several names in
/// `from` has them in `to`, and is there once. Holds one chunk at a time. Local. @throws InputError, IoError
void copy_compressed(const File& from, File& to);

}  // namespace dko::hdf5
