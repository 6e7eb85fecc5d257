#pragma once

#include <memory>

#include "dko/base/error.hpp"
#include "dko/parallel/session.hpp"

namespace dko {

/// While it lives, a crash (SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, a stack that overflows) of a process
/// that is reading an HDF5 file ends all processes of the job with exit code 3 and one message, which names
/// the file: HDF5 itself crashes on some files that are corrupt. What the process had begun to write is
/// removed. Of ranks that crash together the lowest speaks. A crash at any other moment ends as it would
/// without.
///
/// A file that makes HDF5 read without end is not ended: how long a good file takes is not known. Local.
class CrashGuard {
 public:
  /// MPI, which has handlers of its own, is started; it lives as long.
  explicit CrashGuard(const MpiSession& session);
  ~CrashGuard();
  CrashGuard(const CrashGuard&) = delete;
  CrashGuard& operator=(const CrashGuard&) = delete;

  /// A failure was reported, and the process is about to end with this exit code: it does so even if what a
  /// corrupt file has left of the memory makes it crash on its way. Local.
  static void leaving_with(ExitCode code) noexcept;

 private:
  struct Stack;
  std::unique_ptr<Stack> stack_;
};

}  // namespace dko
