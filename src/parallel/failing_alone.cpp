#include "dko/parallel/failing_alone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "dko/base/printable.hpp"
#include "dko/base/stop_signals.hpp"
#include "dko/parallel/mpi_access.hpp"

namespace dko {

namespace {

/// Time for a lower rank to end the job first: mpirun may take some of it to hear of that.
void let_lower_ranks_speak(int rank) {
  constexpr int most = 10;
  std::this_thread::sleep_for(std::chrono::milliseconds(500) * std::min(rank, most));
}

}  // namespace

void end_job(const std::string& message, ExitCode code) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const auto before = StopSignals::caught();
  let_lower_ranks_speak(rank);
  // mpirun asks the ranks to end when one has ended the job.
  const bool is_ending = !before && StopSignals::caught();
  if (!is_ending)
    std::cerr << fmt::format("dko: error: rank {}: {}\n", rank, printable(message)) << std::flush;
  MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
  std::_Exit(static_cast<int>(code));
}

}  // namespace dko
