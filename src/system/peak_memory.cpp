#include "dko/system/peak_memory.hpp"

#include <sys/resource.h>

namespace dko {

double peak_memory() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

}  // namespace dko
