#pragma once

#include <filesystem>

#include "dko/hdf5/file.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Opens a file for writing by all ranks at once: through the MPI driver of HDF5 for several ranks, the plain
/// one for a rank alone. Collective. @throws CollectiveFailure, of exit code 4, if one of several ranks
/// cannot write to it; IoError, of a rank on its own, if HDF5's call fails nevertheless, or a rank alone
/// cannot open it
hdf5::File open_on_all_ranks(const std::filesystem::path& path, const Communicator& ranks);

/// What all ranks wrote reaches the disk. Collective.
/// @throws likewise, if the disk does not take it
void flush_on_all_ranks(hdf5::File& file, const Communicator& ranks);

/// Collective. @throws likewise
void close_on_all_ranks(hdf5::File& file, const Communicator& ranks);

}  // namespace dko
