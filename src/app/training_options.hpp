#pragma once

#include "command.hpp"
#include "dko/training/ensemble.hpp"

namespace dko::app {

/// Options --mapping, --ensemble, those of training the original's mapping, and --seed.
void add_training_options(CommandLine& line, ModelOptions& options);
/// To be called after parsing. @throws UsageError for values that make no sense, or options of the other kind
/// of mapping.
void check_training_options(const CommandLine& line, const ModelOptions& options);

}  // namespace dko::app
