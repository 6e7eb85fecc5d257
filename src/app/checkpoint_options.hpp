#pragma once
// --checkpoint and --checkpoint-every of the commands that train for long.

#include <string>

#include "command.hpp"
#include "dko/training/ensemble.hpp"

namespace dko::app {

/// --checkpoint and --checkpoint-every.
void add_checkpoint_options(CommandLine& line, CheckpointOptions& options);
/// To be called after parsing, for a job that writes `out`. @throws UsageError for values that make no sense,
/// or another kind of mapping.
void complete_checkpoint_options(const CommandLine& line, const std::string& out, bool resume,
                                 ModelOptions& options);

}  // namespace dko::app
