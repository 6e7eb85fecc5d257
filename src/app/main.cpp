// dko: data-driven knockout screens. Finds the command, runs it on every rank, and turns whatever goes
// wrong into one message and an exit code.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "command.hpp"
#include "dko/base/error.hpp"
#include "dko/base/printable.hpp"
#include "dko/base/version.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/failing_alone.hpp"
#include "dko/parallel/launch.hpp"
#include "dko/parallel/session.hpp"
#include "dko/system/instruction_set.hpp"

namespace {

using namespace dko;

void print_help() {
  std::cout
      << "dko learns from single-cell expression data which genes go with how much of each, and predicts\n"
         "what knocking out one gene, or two, would do to every cell.\n\n"
         "Usage: dko COMMAND [options]\n\nCommands:\n";
  for (const app::Command& command : app::commands())
    std::cout << fmt::format("  {:<10}{}\n", command.name, command.summary);
  std::cout
      << "\ndko COMMAND --help tells more; dko --version prints the version.\n"
         "Exit codes: 0 done, 2 usage, 3 unusable input, 4 input/output failure, 5 stopped by a signal or "
         "--time-limit with all saved, 1 anything else.\n";
}

void print_version() {
  std::cout << fmt::format("dko {} ({}), {}, HDF5 {}\n", version(), revision(), mpi_library(),
                           hdf5::library_version());
}

/// The command line as one could type it again, with what the environment asks for.
/// @throws UsageError if that cannot be
std::string quoted(int argc, char** argv) {
  constexpr auto plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%^";
  const auto instructions = instruction_set_of_environment();
  std::string line = instructions ? fmt::format("DKO_INSTRUCTIONS={} dko", name_of(*instructions)) : "dko";
  for (int at = 1; at < argc; ++at) {
    const std::string word = argv[at];
    const bool safe = !word.empty() && word.find_first_not_of(plain) == std::string::npos;
    line += ' ';
    if (safe) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char letter : word) line += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    line += '\'';
  }
  return line;
}

void run(int argc, char** argv, const Communicator& communicator) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string first = arguments.empty() ? "" : arguments[0];
  if (first == "--help" || first == "-h" || first == "help") {
    if (communicator.is_root()) print_help();
    return;
  }
  if (first == "--version") {
    if (communicator.is_root()) print_version();
    return;
  }
  const auto all = app::commands();
  const auto command =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == first; });
  if (first.empty()) throw UsageError("no command given; see dko --help");
  if (command == all.end()) throw UsageError(fmt::format("there is no command '{}'; see dko --help", first));
  command->run({arguments.begin() + 1, arguments.end()}, {communicator, quoted(argc, argv)});
}

void report(const std::string& message, ExitCode code) {
  std::cerr << (code == ExitCode::stopped ? "dko: " : "dko: error: ") << printable(message) << std::endl;
}

/// Whether all ranks fail alike and can end in good order: usage is the same on all, a collective failure
/// was told to all, and a rank alone is all there is.
bool all_ranks_know(const std::exception& failure, const Communicator& communicator) {
  return communicator.size() == 1 || dynamic_cast<const UsageError*>(&failure) != nullptr ||
         dynamic_cast<const CollectiveFailure*>(&failure) != nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const PrintableOutput output(std::cout);
  try {
    const MpiSession session(argc, argv);
    const Communicator& world = session.world();
    try {
      run(argc, argv, world);
      on_root(world, [] {
        if (!std::cout.flush()) throw IoError("standard output cannot be written to");
      });
      return static_cast<int>(ExitCode::done);
    } catch (const std::exception& failure) {
      const bool out_of_memory = dynamic_cast<const std::bad_alloc*>(&failure) != nullptr;
      const std::string message = out_of_memory ? "out of memory" : failure.what();
      const ExitCode code = exit_code_of(failure);
      if (all_ranks_know(failure, world)) {
        if (world.is_root()) report(message, code);
        if (code == ExitCode::io) session.leave(code);
        return static_cast<int>(code);
      }
      end_job(message, code);
    }
  } catch (const LaunchError& failure) {
    if (failure.rank == 0)
      report(failure.what(), failure.code());
    else
      std::this_thread::sleep_for(
          std::chrono::seconds(2));  // the first to end makes the launcher end the others
    std::_Exit(static_cast<int>(failure.code()));
  } catch (const std::exception& failure) {  // MPI did not start
    const ExitCode code = exit_code_of(failure);
    report(failure.what(), code);
    return static_cast<int>(code);
  }
}
