#pragma once
// --checkpoint and --checkpoint-every of the commands that train for long.

#include "command.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/training/ensemble.hpp"
#include "job.hpp"

namespace dko::app {

/// --checkpoint and --checkpoint-every.
void add_checkpoint_options(CommandLine& line, CheckpointOptions& options);
/// To be called after parsing, for a job that writes `out`. @throws UsageError for values that make no sense,
/// or another kind of mapping.
void complete_checkpoint_options(const CommandLine& line, const std::string& out, bool resume,
                                 ModelOptions& options);

/// Local: rank 0, before any computing; does nothing without checkpoints.
/// @throws UsageError if there is a checkpoint that is neither to be resumed nor to be replaced (`force`);
///         IoError if none can be written or there is no space
void prepare_checkpoints(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                         bool force, Log& log);

/// What files state, and what the log says. Collective.
void prepare_for_training(CheckpointOptions& options, Job& job);

/// When all that they were for is written. Local: rank 0.
void remove_checkpoints(const ModelOptions& options, Log& log);

}  // namespace dko::app
