#include "checkpoint_refusal.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"

namespace dko {

void refuse_checkpoint(const hdf5::File& file, const std::string& begun, const std::string& why) {
  throw InputError(fmt::format("{}: {}; resume {} it began with, or name another {}", file.path(), why, begun,
                               parameter("checkpoint")));
}

}  // namespace dko
