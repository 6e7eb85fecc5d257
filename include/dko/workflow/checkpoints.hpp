#pragma once
// The checkpoint files of a job that trains or fits for long.

#include <filesystem>
#include <vector>

#include "dko/base/disk_needs.hpp"
#include "dko/base/output_lock.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// What is saved: "fit", or "training". Local.
const char* work_of(const ModelOptions& options);

/// Whether there is a file; not where that cannot be known. Local.
bool is_there(const std::filesystem::path& file);

/// The right to write the checkpoint files, which the job must hold as long as it may write them. Local: rank
/// 0, before any computing; empty without checkpoints. @throws as OutputLock
std::vector<OutputLock> lock_checkpoints(const ModelOptions& options);

/// Local: rank 0; before outputs are claimed and again when they are locked. @throws UsageError if there is a
/// checkpoint that is neither to be resumed nor to be replaced (`force`), or one is no regular file
void require_new_checkpoints(const ModelOptions& options, bool force);

/// Local: rank 0, before any computing, when they are locked; does nothing without checkpoints.
/// @throws UsageError if there is a checkpoint that is neither to be resumed nor to be replaced (`force`);
///         IoError if there is no space beside what `disk` has
void prepare_checkpoints(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                         bool force, DiskNeeds& disk, Log& log);

/// What files state, and what the log says. Collective.
void prepare_for_training(ModelOptions& mapping, Job& job);

/// Before a training that starts over: what a job that goes on with it finds must be its own. Local: rank 0,
/// when nothing can be refused any more and they are locked.
void discard_checkpoints(const ModelOptions& options);

/// When all that they were for is written by this job. Local: rank 0.
void remove_checkpoints(const ModelOptions& options, Log& log);

/// The same where the model is there already, and its job was killed before it could remove them: those of a
/// training with these data, options and cells. Others stay, with a warning. Local: rank 0.
void remove_left_checkpoints(const ModelOptions& options, const Split& split, const Provenance& provenance,
                             Log& log);

}  // namespace dko
