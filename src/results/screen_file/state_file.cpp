#include "state_file.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"

namespace dko {

void require_sizes(bool holds, const hdf5::File& file) {
  if (!holds)
    throw InputError(
        fmt::format("{}: array sizes are inconsistent: the file is corrupt; without it, its part of the "
                    "screen is done again",
                    file.path()));
}

}  // namespace dko
