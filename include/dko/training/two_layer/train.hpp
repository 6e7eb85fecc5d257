#pragma once

#include "dko/base/progress.hpp"
#include "dko/training/two_layer/checkpoint.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko {

/// All steps, to the end, with checkpoints if there is to be a file of them, the last one of the finished
/// training. Progress counts the steps since it was begun or resumed. Collective, as the calls of Trainer
/// are.
TrainedMapping train(const RelativeProfiles& profiles, const Split& split, const TrainingOptions& options,
                     const Communicator& communicator, const ProgressCallback& progress = {},
                     const CheckpointOptions& checkpoint = {});

}  // namespace dko
