#include "dko/system/free_memory_limit.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <mutex>

#include "dko/system/available_memory.hpp"

namespace dko {

namespace {

std::mutex guard;
int living = 0;
rlimit before{RLIM_INFINITY, RLIM_INFINITY};

/// Addresses that this process has; 0 if the system does not say.
double address_space() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

void limit_to_what_is_free() {
  constexpr double margin = 0.95;                // what is free is an estimate, and the system wants some
  constexpr double least = 256 * 1024.0 * 1024;  // where little is left the job says what it lacks
  const double taken = address_space();
  const double most = taken + std::max(margin * available_memory() + free_swap(), least);
  if (taken <= 0 || !std::isfinite(most)) return;
  const rlimit limit{std::min(static_cast<rlim_t>(most), before.rlim_cur), before.rlim_max};
  ::setrlimit(RLIMIT_AS, &limit);
}

}  // namespace

FreeMemoryLimit::FreeMemoryLimit() {
  const std::lock_guard lock(guard);
  if (living++ == 0 && ::getrlimit(RLIMIT_AS, &before) == 0) limit_to_what_is_free();
}

FreeMemoryLimit::~FreeMemoryLimit() {
  const std::lock_guard lock(guard);
  if (--living == 0) ::setrlimit(RLIMIT_AS, &before);
}

}  // namespace dko
