#pragma once
// Visibility of genes in files: the same in model.h5 and in screen.h5.

#include <span>
#include <vector>

#include "dko/hdf5/location.hpp"
#include "dko/mapping/visibility.hpp"

namespace dko {

/// Bytes of it in a file.
double visibility_bytes(std::int64_t genes);

/// Writes visibility/{cells_with,cells_without} int64[N] and visibility/{unexplained,information} float64[N];
/// nothing if `genes` is empty. Local. @throws IoError
void write_visibility(hdf5::Location& file, std::span<const GeneVisibility> genes);

/// The same of `genes` genes; empty from a file that does not have it (made by 0.1). Local.
/// @throws InputError for arrays of other lengths, or values that are impossible
std::vector<GeneVisibility> read_visibility(const hdf5::Location& file, std::int64_t genes);

}  // namespace dko
