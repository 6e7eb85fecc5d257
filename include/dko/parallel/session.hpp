#pragma once

#include <string>

#include "dko/base/error.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/parallel/launch.hpp"

namespace dko {

/// Family of the MPI that dko was compiled with. Local.
MpiFamily mpi_family();

/// Name and version of the MPI library that runs, such as "Open MPI v4.1.4". Local, also before MPI starts.
std::string mpi_library();

/// MPI from its start to its end. MPI is started only when a launcher (mpirun, srun) started this process:
/// one process on a login node or a laptop needs none, and gets a world of one.
class MpiSession {
 public:
  /// Collective over all processes of the job.
  /// @throws LaunchError (launch.hpp) if the launcher started another number of processes than MPI sees: it
  ///         belongs to another MPI, or SLURM started tasks without one.
  MpiSession(int& argc, char**& argv);
  /// Ends MPI, unless an exception is passing: then the process is about to abort. Collective.
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  const Communicator& world() const { return world_; }
  /// Whether a launcher started this process, and MPI runs. Local.
  bool in_mpi() const { return started_; }

  /// Ends this process with this exit code, MPI left as it is, after all ranks have come here: for failures
  /// of writing, after which HDF5 still holds a file that it would try to close, and crash, when MPI ends.
  /// Returns if MPI was not started. Collective.
  void leave(ExitCode code) const;

 private:
  bool started_ = false;
  Communicator world_;
};

}  // namespace dko
