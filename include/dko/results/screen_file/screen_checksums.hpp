#pragma once

#include <vector>

#include "dko/hdf5/verify.hpp"

namespace dko {

/// What the score arrays of a screen file are checked by, block by block of events: progress/. None in a file
/// of before there were such. For hdf5::verify_arrays(). Local. @throws InputError
std::vector<hdf5::BlockSums> screen_sums(const hdf5::File& file);

}  // namespace dko
