#include "state_file.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"

namespace dko {

namespace {

void require(bool holds, const hdf5::File& file, const char* otherwise) {
  if (!holds)
    throw InputError(fmt::format("{}: {}: the file is corrupt{}", file.path(), otherwise, without_state));
}

}  // namespace

void require_sizes(bool holds, const hdf5::File& file) {
  require(holds, file, "array sizes are inconsistent");
}

void require_checksum(bool matches, const hdf5::File& file) {
  require(matches, file, "a checksum does not match");
}

}  // namespace dko
