#pragma once
// What the files of a stopped screen's states have in common. Shared by this room's sources only.

#include "dko/hdf5/file.hpp"

namespace dko {

/// What is said of a file that is corrupt.
inline constexpr auto without_state = "; without it, its part of the screen is done again";

/// @throws InputError that names the file, if the sizes of its arrays do not hold together
void require_sizes(bool holds, const hdf5::File& file);

/// Likewise if what was read of it does not have the checksum on record.
void require_checksum(bool matches, const hdf5::File& file);

}  // namespace dko
