#pragma once
// How a mapping came to be, in files: the same in model.h5 and in screen.h5.

#include "dko/hdf5/location.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

// All calls are local; those that write throw IoError, those that read InputError.

/// What was asked for, as attributes: seed, steps (made), batch, learning_rate, schedule, weight_decay,
/// patience, training_cells, validation_cells; of a sparse mapping seed and cells.
void write_settings(hdf5::Location& group, const TrainingRecord& record);
void write_settings(hdf5::Location& group, const SparseRecord& record);

/// What came of it: attributes best_step and best_validation_loss, and the curves training_losses and
/// validation_losses, one value a step; of a sparse mapping attributes factors, effects and
/// cross_validated_distance, and penalties, one a gene.
void write_outcome(hdf5::Location& group, const TrainingRecord& record);
void write_outcome(hdf5::Location& group, const SparseRecord& record);

/// Both of the original's mapping. Settings that older files do not state keep their defaults.
TrainingRecord read_training_record(const hdf5::Location& group);
/// Both of a sparse one. Factors and effects, which older files do not state, are 0 then.
SparseRecord read_sparse_record(const hdf5::Location& group);

}  // namespace dko
