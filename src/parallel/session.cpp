#include "dko/parallel/session.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include "dko/parallel/mpi_access.hpp"

namespace dko {

namespace {

std::optional<std::string> variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

MpiFamily mpi_family() {
#ifdef OPEN_MPI
  return MpiFamily::open_mpi;
#else
  return MpiFamily::mpich;
#endif
}

std::string mpi_library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check_mpi(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
  std::string name(text.data());
  name.resize(std::min(name.size(), name.find_first_of(",\n")));
  for (char& letter : name) {
    if (letter == '\t') letter = ' ';
  }
  const auto twice = [](char a, char b) { return a == ' ' && b == ' '; };
  name.erase(std::unique(name.begin(), name.end(), twice), name.end());
  return name;
}

MpiSession::MpiSession(int& argc, char**& argv) : world_(Communicator::one_rank()) {
  const std::optional<Launch> launch =
      launch_of(variable, mpi_family());  // MPI_Init adds variables of its own
  if (!launch) return;
  if (!launch->starts_mpi) {
    require_one_job(*launch, 1, mpi_family(), mpi_library());
    return;
  }
  check_mpi(MPI_Init(&argc, &argv), "MPI_Init");
  started_ = true;
  MPI_Comm world = MPI_COMM_NULL;
  check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &world), "MPI_Comm_dup");
  world_ = MpiAccess::adopt(world);
  require_one_job(*launch, world_.size(), mpi_family(), mpi_library());
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
  // MPICH's mpirun may end with 0 where ranks end with another code without MPI_Finalize.
  if (mpi_family() == MpiFamily::mpich) {
    if (world_.is_root()) MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
    std::this_thread::sleep_for(std::chrono::seconds(2));
  }
  std::_Exit(static_cast<int>(code));
}

}  // namespace dko
