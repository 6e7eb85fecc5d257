#pragma once
// --checkpoint and --checkpoint-every of the commands that train for long.

#include <string>

#include "common_options.hpp"
#include "dko/training/ensemble.hpp"

namespace dko::app {

/// --checkpoint and --checkpoint-every, of a job that writes `out` and may be resumed. Both are read when the
/// line is parsed. To be added after the options of training.
void add_checkpoint_options(CommandLine& line, const std::string& out, const bool& resume,
                            ModelOptions& options);

}  // namespace dko::app
