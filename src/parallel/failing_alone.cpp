#include "dko/parallel/failing_alone.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "dko/base/report.hpp"
#include "dko/parallel/mpi_access.hpp"
#include "dko/system/stop_signals.hpp"

namespace dko {

namespace {

/// Time for a lower rank to end the job first: on a busy machine mpirun takes a second to hear of that and to
/// ask this rank to end. Returns whether it has.
bool lower_rank_spoke(int rank) {
  using namespace std::chrono_literals;
  constexpr int most = 4;
  if (StopSignals::caught()) {  // before: what comes now cannot be told from it
    std::this_thread::sleep_for(500ms * std::min(rank, most));
    return false;
  }
  constexpr auto step = 50ms;
  for (auto left = 1500ms * std::min(rank, most); left > 0ms; left -= step) {
    if (StopSignals::caught()) return true;
    std::this_thread::sleep_for(step);
  }
  return StopSignals::caught().has_value();
}

}  // namespace

void report_as_lowest(const std::string& message, ExitCode code, int rank) {
  if (lower_rank_spoke(rank)) return;
  report_failure(message, code, rank);
  // A launcher that hears of the end may not read what it has not read by then.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
}

void end_job(const std::string& message, ExitCode code) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  report_as_lowest(message, code, rank);
  MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
  std::_Exit(static_cast<int>(code));
}

}  // namespace dko
