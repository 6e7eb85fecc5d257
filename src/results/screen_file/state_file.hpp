#pragma once
// What the files of a stopped screen's states have in common. Shared by this room's sources only.

#include "dko/hdf5/file.hpp"

namespace dko {

/// @throws InputError that names the file, if the sizes of its arrays do not hold together
void require_sizes(bool holds, const hdf5::File& file);

}  // namespace dko
