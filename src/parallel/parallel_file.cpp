#include "dko/parallel/parallel_file.hpp"

#include <hdf5.h>

#include "dko/parallel/mpi_access.hpp"

namespace dko {

hdf5::File open_on_all_ranks(const std::filesystem::path& path, const Communicator& ranks) {
  hdf5::prepare_library();
  const hdf5::Handle access(hdf5::check(H5Pcreate(H5P_FILE_ACCESS), "HDF5 file access"), H5Pclose);
  if (ranks.size() > 1) {
    const MPI_Comm comm = MpiAccess::native(ranks);
    hdf5::check(H5Pset_fapl_mpio(access.id(), comm, MPI_INFO_NULL), "HDF5 MPI driver");
  }
  return hdf5::File::open_with(path, access, ranks.size() > 1);
}

}  // namespace dko
