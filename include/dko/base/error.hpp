#pragma once
// What can go wrong, and the exit code each kind of failure ends the program with.

#include <stdexcept>
#include <string>

namespace dko {

/// Exit codes of the program. They are part of its interface: scripts and schedulers act on them.
enum class ExitCode : int {
  done = 0,     ///< everything asked for was done
  failure = 1,  ///< anything without a code of its own
  usage = 2,    ///< the command line asks for something that cannot be done
  input = 3,    ///< an input file cannot be used
  io = 4,       ///< reading or writing failed: directory, permission, space
  stopped = 5,  ///< stopped by a signal or its time limit, with its state saved
};

/// A failure with words for the user: what, where (file, line or path, gene or cell), and what to do.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

struct UsageError : Error {
  explicit UsageError(const std::string& message) : Error(ExitCode::usage, message) {}
};

struct InputError : Error {
  explicit InputError(const std::string& message) : Error(ExitCode::input, message) {}
};

struct IoError : Error {
  explicit IoError(const std::string& message) : Error(ExitCode::io, message) {}
};

}  // namespace dko
