#pragma once

#include <filesystem>

#include "dko/hdf5/file.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Opens a file for writing by all ranks at once: through the MPI driver of HDF5 for several ranks, the plain
/// one for a rank alone. Collective, as is closing it. @throws IoError
hdf5::File open_on_all_ranks(const std::filesystem::path& path, const Communicator& ranks);

}  // namespace dko
