#pragma once
// dko info --verify: is a file still what was written?

#include <string>

#include "dko/hdf5/verify.hpp"
#include "options/input.hpp"

namespace dko::app {

struct VerifyOptions {
  bool verify = false;
  std::string model;   ///< that it should be by; empty: any
  InputOptions input;  ///< that it should be of; no path: any
};

/// --verify, --model and --input.
void add_verify_options(CommandLine& line, VerifyOptions& options);

/// Reads all of a file that dko made, of whatever version, and compares it with its checksums. Local: rank 0.
/// @throws InputError naming the corrupt places, if a model has not the checksum it states, or if the file is
///         of another model or input than those given
hdf5::Verification verify(const std::string& path, const VerifyOptions& options, Job& job);

}  // namespace dko::app
