#pragma once

#include <optional>
#include <string>

namespace dko {

/// Catches SIGTERM, SIGINT and SIGUSR1 while it lives, by which clusters and users ask a process to end: they
/// end nothing any more, but are remembered. At most one at a time.
class StopSignals {
 public:
  StopSignals();
  /// The signals have again the effect they had.
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Name of the first signal that came, "SIGTERM" or another; nothing if none has. Local, cheap.
  static std::optional<std::string> caught();
};

/// From now on a write beyond the limit on the size of a file (`ulimit -f`) fails with an error that names
/// it, instead of a signal that ends the process. Local.
void fail_on_file_size_limit();

}  // namespace dko
