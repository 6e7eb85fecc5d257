#pragma once

#include <chrono>
#include <string>

namespace dko::app {

/// Bytes that this node can still give this job: MemAvailable of /proc/meminfo, or what its control groups
/// allow if that is less; infinite where neither says.
double available_memory();

/// @throws Error, before any computing, if this node has less than `bytes` of memory available.
void require_memory(double bytes, const std::string& what);

/// Wall-clock time since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace dko::app
