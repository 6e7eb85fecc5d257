#pragma once

#include <cstdint>

#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/training/schedule.hpp"
#include "dko/training/split.hpp"

namespace dko {

/// The original's settings are the defaults.
struct TrainingOptions {
  std::int64_t steps = 5000;
  std::int64_t batch = 20;
  double learning_rate = 0.01;
  double validation = 0.2;    ///< fraction of the cells that choose the best weights
  std::int64_t patience = 0;  ///< steps without a better validation loss that end the training; 0: never
  Schedule schedule = Schedule::constant;
  double weight_decay = 0;  ///< of W1 and W2 as in AdamW; the biases do not decay
  std::int64_t hidden = 0;  ///< 0: as many as there are genes
  std::uint64_t seed = 1;
};

/// The shape of the mapping that these options ask for.
MappingShape mapping_shape(const ExpressionMatrix& matrix, const TrainingOptions& options);

/// The training cells of step `step`: `batch` distinct ones, the same for every number of ranks.
std::vector<std::int64_t> batch_cells(const std::vector<std::int64_t>& training, std::int64_t batch,
                                      std::uint64_t seed, std::int64_t step);

/// Trains the original's mapping with Adam on the summed Bray-Curtis loss of a batch. Each rank takes its
/// share of the batch and of the validation cells; gradients and losses are summed by allreduce, so that
/// all ranks make the same step. Before each update the mean validation loss is taken and the weights are
/// kept if it is at most the best so far; without validation cells the last weights are kept. Rank 0's
/// best weights are broadcast at the end.
///
/// The learning rate follows the schedule; W1 and W2 decay before each of Adam's steps (AdamW). With
/// patience P the training ends with step best + P, when P steps have not reached the loss of the step
/// whose weights are kept (an equal loss is one to keep, and counts as reached): then record.steps =
/// best + P + 1. The decision is made of summed losses, so that all ranks make the same one. Patience needs
/// validation cells; without them it does nothing.
///
/// `profiles` holds relative profiles as values and is the same on every rank. Same seed and ranks: the
/// same bits; another number of ranks: the same batches, and losses equal to rounding. Collective.
/// @throws CollectiveFailure if the kept weights are not finite.
TrainedMapping train(const ExpressionMatrix& profiles, const Split& split, const TrainingOptions& options,
                     const Communicator& communicator, const ProgressCallback& progress = {});

}  // namespace dko
