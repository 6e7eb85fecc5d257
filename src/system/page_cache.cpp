#include "dko/system/page_cache.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace dko {

bool drop_from_page_cache(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool is_taken = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) == 0;
  close(descriptor);
  return is_taken;
}

}  // namespace dko
