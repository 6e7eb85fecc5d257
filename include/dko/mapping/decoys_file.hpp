#pragma once
// Effects of decoys in model.h5.

#include <cstdint>
#include <vector>

#include "dko/hdf5/location.hpp"
#include "dko/mapping/q_values.hpp"

namespace dko {

/// Writes decoys/draw0, draw1, …, each a csc_matrix of genes × decoys like the mapping's A; nothing if there
/// are none. Local. @throws IoError
void write_decoys(hdf5::Location& mapping, const std::vector<DecoyEffects>& decoys, std::int64_t genes);

/// Empty from a file that does not have them. Local. @throws InputError for what is no such matrix, one that
/// is missing, and other checksums than stated
std::vector<DecoyEffects> read_decoys(const hdf5::Location& mapping, std::int64_t genes);

/// Forgets those of all members, for who has no use of them. Local.
void drop_decoys(Model& model);

}  // namespace dko
