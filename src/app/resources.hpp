#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace dko::app {

/// Bytes that this node can still give (MemAvailable of /proc/meminfo); infinite where it does not say.
double available_memory();

/// @throws Error, before any computing, if this node has less than `bytes` of memory available.
void require_memory(double bytes, const std::string& what);

/// Bytes that each rank of this node may use where users can say how many GiB: as many, or by default 1 GiB,
/// or its part of half of what is free. @throws Error if the node does not have as much.
double memory_of_each_rank(std::optional<double> gibi, int ranks_of_node);

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
