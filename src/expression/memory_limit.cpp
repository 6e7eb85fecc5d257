#include "memory_limit.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko {

void MemoryLimit::refuse(double bytes) const {
  throw InputError(fmt::format(
      "{}: what it holds takes more than {} of memory, and {} are available; read it where there is "
      "more, or make sure that it is what it should be",
      path_.string(), human_bytes(bytes), human_bytes(bytes_)));
}

}  // namespace dko
