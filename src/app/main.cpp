// dko: data-driven knockout screens. Parses the command line and runs the command on every rank, and turns
// whatever goes wrong into one message and an exit code.

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/report.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/crash_guard.hpp"
#include "dko/parallel/failing_alone.hpp"
#include "dko/parallel/launch.hpp"
#include "dko/parallel/session.hpp"
#include "dko/system/stop_signals.hpp"

namespace {

using namespace dko;

void run(int argc, char** argv, const Communicator& ranks) {
  app::Work work;
  on_every_rank(ranks, [&] { work = app::parse({argv + 1, argv + argc}); });
  work(ranks);
  on_root(ranks, [] {
    if (!std::cout.flush()) throw IoError("standard output cannot be written to");
  });
}

/// Ends the program, in good order if all ranks know of the failure: it was told to all, or there is one
/// rank. Any other failure may be of this rank alone, whatever its kind, and others may wait for it.
ExitCode end(const std::exception& failure, const MpiSession& session) {
  const std::string message = message_of(failure);
  const ExitCode code = exit_code_of(failure);
  const bool all_know =
      session.world().size() == 1 || dynamic_cast<const CollectiveFailure*>(&failure) != nullptr;
  if (!all_know) end_job(message, code);
  if (session.world().is_root()) report_failure(message, code);
  CrashGuard::leaving_with(code);
  if (code == ExitCode::io) session.leave(code);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  fail_on_file_size_limit();
  const PrintableOutput output(std::cout);
  name_parameters_as_options();
  try {
    const MpiSession session(argc, argv);
    const CrashGuard guard(session);
    try {
      run(argc, argv, session.world());
      return static_cast<int>(ExitCode::done);
    } catch (const std::exception& failure) {
      return static_cast<int>(end(failure, session));
    }
  } catch (const LaunchError& failure) {
    if (failure.rank == 0)
      report_failure(failure.what(), failure.code());
    else
      std::this_thread::sleep_for(
          std::chrono::seconds(2));  // the first to end makes the launcher end the others
    std::_Exit(static_cast<int>(failure.code()));
  } catch (const std::exception& failure) {  // MPI did not start
    const ExitCode code = exit_code_of(failure);
    report_failure(message_of(failure), code);
    return static_cast<int>(code);
  }
}
