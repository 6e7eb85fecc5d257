#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/system/instruction_set.hpp"
#include "dko/training/split.hpp"
#include "dko/training/two_layer/checkpoint.hpp"
#include "dko/training/two_layer/plan.hpp"
#include "dko/training/two_layer/schedule.hpp"

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
  ParallelForm parallel = ParallelForm::automatic;
  std::int64_t validate_every = 0;  ///< steps; 0: chosen by plan_training()
  std::uint64_t seed = 1;
  InstructionSet instructions = best_instruction_set();  ///< the widest to use
};

/// The shape of the mapping that these options ask for.
MappingShape mapping_shape(const ExpressionMatrix& matrix, const TrainingOptions& options);

/// The training cells of step `step`: `batch` distinct ones, the same for every number of ranks.
std::vector<std::int64_t> batch_cells(const std::vector<std::int64_t>& training, std::int64_t batch,
                                      std::uint64_t seed, std::int64_t step);

/// Where the time of a training goes, on this rank, in seconds: sums over its steps. The sweep that updates
/// weights with their gradients still in registers is `update`.
struct StepSeconds {
  double forward = 0;   ///< outputs and losses of the batch
  double backward = 0;  ///< slopes of the outputs, and of the hidden units; gradients, where they are summed
  double communication = 0;  ///< waiting for other ranks included
  double update = 0;
  double validation = 0;  ///< without its communication
  double other = 0;       ///< drawing and arranging batches
  std::int64_t steps = 0;
  std::int64_t validations = 0;

  double sum() const { return forward + backward + communication + update + validation + other; }
};

/// Bytes that a rank takes for a training.
struct TrainingBytes {
  double share = 1;       ///< of the parameters that the rank has: 1, or sharded its part of the hidden units
  double weights = 0;     ///< and two moments
  double kept = 0;        ///< the best weights so far
  double batch = 0;       ///< activations, and the cells as they are arranged
  double validation = 0;  ///< cells that stay arranged
  double gradients = 0;   ///< under way between the ranks

  double total() const { return weights + kept + batch + validation + gradients; }
};

/// Trains the original's mapping with Adam on the summed Bray-Curtis loss of a batch, step by step.
///
/// Before an update, at every step or every validate_every-th (from step 0 on), the mean validation loss is
/// taken and the weights are kept if it is at most the best so far; without validation cells the last weights
/// are kept. The learning rate follows the schedule; W1 and W2 decay before each of Adam's steps (AdamW).
///
/// With patience P the training ends at the first validated step that is P steps or more after the one whose
/// weights are kept (an equal loss is one to keep): with validation at every step, at step best + P, and then
/// record.steps = best + P + 1. Patience needs validation cells; without them it does nothing. All ranks make
/// the same decisions, for these are made of summed losses or of the losses of summed outputs.
///
/// `profiles` is the same on every rank, as are `split` and `options`;
/// all three must outlive the trainer. Same seed, ranks, form and processors: the same bits. Another number
/// of ranks, or the other form: the same batches, and losses equal to rounding.
class Trainer {
 public:
  /// Collective.
  Trainer(const RelativeProfiles& profiles, const Split& split, const TrainingOptions& options,
          const Communicator& communicator);
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  /// What one of `ranks` ranks takes, that which has most, in a form that is not automatic; of one rank both
  /// are the same. Local.
  static TrainingBytes bytes(const TrainingSize& size, ParallelForm form, int ranks);

  const TrainingPlan& plan() const;
  std::int64_t steps_made() const;
  /// Whether all steps are made or patience is at its end. The same on every rank.
  bool is_done() const;
  /// Collective; not to be called when it is done.
  void step();
  StepSeconds seconds() const;

  /// Writes all that it takes to go on later, every rank its part. Data first, and only when they are on the
  /// disk the name: a job that is killed leaves the older checkpoint or this one, whole. Collective.
  /// @throws CollectiveFailure, on all ranks the same, of exit code 4 where it cannot be written
  void save(const std::filesystem::path& path, const Provenance& provenance);
  /// Takes the place of the training that was saved, on whatever number of ranks and in whatever form. On as
  /// many, in the same form and with the same instruction set what follows is what would have followed, bit
  /// by bit; otherwise to rounding. The data and settings must be the same, but for patience, for more steps
  /// where the schedule is constant, and for validate_every: if 0, it is that of the file. Collective.
  /// @throws CollectiveFailure, on all ranks the same, of exit code 3 where the file cannot be used; the
  ///         trainer is then of no more use
  void restore(const std::filesystem::path& path);

  /// The record on every rank, and on rank 0 the kept weights; an empty mapping elsewhere. Gives up what was
  /// held. Collective. @throws CollectiveFailure of exit code 1 if the kept weights or their loss are not
  /// finite. A step whose loss is NaN or infinite keeps nothing: the best weights from before stay, and where
  /// the first step has no finite loss there are none.
  TrainedMapping finish() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dko
