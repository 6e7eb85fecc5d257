#pragma once

#include <functional>
#include <string>

namespace dko {

/// Result of a task that ran in a child process.
struct ChildResult {
  std::string said;  ///< all that it wrote
  int signal = 0;    ///< that ended it; 0: none did
};

/// Runs `work` in a process of its own, a copy of this one, and waits for it: for calls into libraries that
/// may crash, or never end, on corrupt files. SIGPROF ends the child if it has not called `say` (an empty
/// text counts) for `seconds` of processor time. All that comes back is what it says; `work` must not call
/// MPI, nor throw. Local. @throws Error if there is no such process to be had
ChildResult run_in_child(int seconds,
                         const std::function<void(const std::function<void(const std::string&)>& say)>& work);

}  // namespace dko
