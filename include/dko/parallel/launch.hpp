#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "dko/base/error.hpp"

namespace dko {

/// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The family of the MPI that dko was built with.
enum class MpiFamily {
  open_mpi,
  mpich,  ///< MPICH and what derives from it: Intel MPI, MVAPICH, Cray MPICH
};

/// What the program that started this process says of the job.
struct Launch {
  std::string launcher;                   ///< in words: "Open MPI's mpirun"
  std::string variable;                   ///< the environment variable that gives the count; may be empty
  std::optional<std::int64_t> processes;  ///< of the whole job, if the launcher says so
  std::int64_t rank = 0;                  ///< of this process, by the launcher's count
  bool starts_mpi = false;                ///< whether its processes can find each other by MPI_Init
};

/// Looks for the variables of the launchers of Open MPI, MVAPICH2, PMI (MPICH, Intel MPI, srun --mpi=pmi2),
/// PALS and PMIx, those of dko's own MPI first. SLURM's own count stands only where there is none of them:
/// ranks under mpirun in a batch job inherit that of mpirun's daemons. Nothing if no launcher started this
/// process. Local.
std::optional<Launch> launch_of(const Environment& environment, MpiFamily own);

/// Thrown by each process of a job whose processes cannot see each other.
struct LaunchError : UsageError {
  LaunchError(const std::string& message, std::int64_t launched_as)
      : UsageError(message), rank(launched_as) {}
  std::int64_t rank;  ///< by the launcher's count; one message is enough: that of rank 0
};

/// Compares the launcher's count with MPI's. `library` is the name and version of the MPI that runs.
/// @throws LaunchError if they differ: the launcher belongs to another MPI, and each process would do the
/// whole
///         job and overwrite the others' results.
void require_one_job(const Launch& launch, std::int64_t world_size, MpiFamily own,
                     const std::string& library);

}  // namespace dko
