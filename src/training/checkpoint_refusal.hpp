#pragma once
// Shared by this room's sources only.

#include <string>

#include "dko/hdf5/file.hpp"

namespace dko {

/// Refuses to go on from a checkpoint; `begun` is the work and what it began with: "a fit with the data and
/// options". @throws InputError
[[noreturn]] void refuse_checkpoint(const hdf5::File& file, const std::string& begun, const std::string& why);

}  // namespace dko
