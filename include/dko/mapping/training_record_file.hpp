#pragma once
// How a mapping came to be, in files: the same in model.h5 and in screen.h5.

#include "dko/hdf5/location.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

// All calls are local; those that write throw IoError, those that read InputError.

/// What was asked for, as attributes: seed, steps (made), steps_asked, batch, learning_rate, schedule,
/// weight_decay, patience, validate_every, parallel (data or sharded), training_cells, validation_cells; of a
/// sparse mapping seed and cells, and of a prior, if there was one, prior (checksum of the file), prior_pairs
/// and prior_signs (0 or 1).
void write_settings(hdf5::Location& group, const TrainingRecord& record);
void write_settings(hdf5::Location& group, const SparseRecord& record);

/// What came of it: attributes best_step and best_validation_loss, and the curves training_losses, one value
/// a step, and validation_losses, one of steps 0, validate_every, 2·validate_every, … or none at all; of a
/// sparse mapping attributes factors, effects and cross_validated_distance, and penalties, one a gene; with a
/// prior prior_factor.
void write_outcome(hdf5::Location& group, const TrainingRecord& record);
void write_outcome(hdf5::Location& group, const SparseRecord& record);

/// Both of the original's mapping. Settings that older files do not state keep their defaults.
/// @throws InputError also if curves or best_step are not of as many steps, so validated.
TrainingRecord read_training_record(const hdf5::Location& group);
/// Both of a sparse one. Factors and effects, which older files do not state, are 0 then.
SparseRecord read_sparse_record(const hdf5::Location& group);

}  // namespace dko
