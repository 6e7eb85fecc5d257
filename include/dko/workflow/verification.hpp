#pragma once
// Is a file still what was written, and of what it should be?

#include <string>

#include "dko/hdf5/verify.hpp"
#include "dko/workflow/input_data.hpp"

namespace dko {

/// What a file should have been made from.
struct FileOrigin {
  std::string model;   ///< path; empty: any
  InputOptions input;  ///< read and chosen from as then; no path: any
};

/// Reads all of a file that dko made, of whatever version, and compares it with its checksums; in a child
/// process, for the HDF5 library may crash or hang on a corrupt file. Local: rank 0.
/// @throws InputError naming the corrupt places, if a model has not the checksum it states, or if the file is
///         of another model or input than those given
hdf5::Verification verify_file(const std::string& path, const FileOrigin& origin, Job& job);

}  // namespace dko
