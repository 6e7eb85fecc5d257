#include "dko/parallel/session.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "dko/parallel/mpi_access.hpp"

namespace dko {

namespace {

bool launched() {
  // Set by Open MPI's mpirun, by PMIx (srun --mpi=pmix) and by PMI launchers.
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

void require_lone_task() {
  const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
  if (tasks == nullptr || std::string(tasks) == "1") return;
  throw UsageError(
      fmt::format("srun started {} tasks that cannot see each other: use srun --mpi=pmix, or mpirun", tasks));
}

}  // namespace

MpiSession::MpiSession(int& argc, char**& argv) : world_(Communicator::one_rank()) {
  if (!launched()) {
    require_lone_task();
    return;
  }
  check_mpi(MPI_Init(&argc, &argv), "MPI_Init");
  started_ = true;
  MPI_Comm world = MPI_COMM_NULL;
  check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &world), "MPI_Comm_dup");
  world_ = MpiAccess::adopt(world);
}

MpiSession::~MpiSession() {
  if (!started_ || std::uncaught_exceptions() > 0) return;
  world_ = Communicator::one_rank();
  MPI_Finalize();
}

void MpiSession::leave(ExitCode code) const {
  if (!started_) return;
  MPI_Barrier(MPI_COMM_WORLD);  // the first to go ends the others, and rank 0 may still have to say why
  std::fflush(nullptr);
  std::_Exit(static_cast<int>(code));
}

}  // namespace dko
