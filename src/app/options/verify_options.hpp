#pragma once

#include "dko/command_line/command_line.hpp"
#include "dko/workflow/verification.hpp"

namespace dko::app {

struct VerifyOptions {
  bool verify = false;
  FileOrigin origin;
};

/// --verify, --model and --input, and how to read it.
void add_verify_options(CommandLine& line, VerifyOptions& options);

}  // namespace dko::app
