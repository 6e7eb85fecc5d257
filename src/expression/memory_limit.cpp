#include "memory_limit.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

void MemoryLimit::refuse(double bytes) const {
  throw InputError(
      fmt::format("{}: its content needs more than {} of memory, but {} are available; use a node with more "
                  "memory, or check the file",
                  path_.string(), human_bytes(bytes), human_bytes(bytes_)));
}

}  // namespace dko
