#pragma once
// The checkpoint files of a job that trains for long.

#include "dko/expression/matrix.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// Local: rank 0, before any computing; does nothing without checkpoints.
/// @throws UsageError if there is a checkpoint that is neither to be resumed nor to be replaced (`force`);
///         IoError if none can be written or there is no space
void prepare_checkpoints(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                         bool force, Log& log);

/// What files state, and what the log says. Collective.
void prepare_for_training(CheckpointOptions& options, Job& job);

/// When all that they were for is written. Local: rank 0.
void remove_checkpoints(const ModelOptions& options, Log& log);

}  // namespace dko
