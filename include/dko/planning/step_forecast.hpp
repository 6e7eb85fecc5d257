#pragma once
// Formulas of a step of training: the least bytes that it moves, and what it would take on other numbers of
// ranks.

#include "dko/parallel/communication_model.hpp"
#include "dko/planning/step_time.hpp"
#include "dko/training/two_layer/plan.hpp"

namespace dko {

/// N, H, the batch and the validation cells give what each of `ranks` ranks holds and moves in a step; with
/// several ranks, that which has most of it. `form` is not automatic; of one rank both are the same.
struct StepBytes {
  /// 2NH + N + H, and a part of it in the sharded form.
  double own_parameters = 0;
  /// Weights and two moments, read and written: 24 bytes a parameter.
  double update = 0;
  /// The update, and W1 and W2 read once for the forward pass, as far as genes that any cell of the batch
  /// expresses need them: 8NH (1 − (1−F)^cells), F the part of the genes that a cell expresses, drawn at
  /// random.
  double least = 0;
};
StepBytes step_bytes(const TrainingSize& size, ParallelForm form, int ranks);

/// Seconds of a step.
struct StepForecast {
  int ranks = 1;
  double communication = 0;
  double total = 0;
};

/// From what the parts take on one rank:
/// * data: forward, backward and validation by the rank with most cells, ⌈cells/P⌉ of them; the update whole;
///   an allreduce of all gradients, 4 bytes a parameter.
/// * sharded: forward, backward, update and validation by the rank with most hidden units, ⌈H/P⌉ of them; an
///   allreduce of the outputs of the batch's expressed genes, 4 bytes each, and every `validate_every` steps
///   of the validation cells'.
/// `other`, and time of a step that no part accounts for, do not divide. What it leaves out: weights that
/// data-parallel ranks read whole for however few cells, the gradients that they write, the losses that every
/// sharded rank computes for itself, and that the ranks of a node share its memory's bandwidth; smaller parts
/// that fit into caches run faster. Local.
StepForecast forecast_step(const TrainingSize& size, const StepTime& alone, const AllreduceModel& network,
                           ParallelForm form, int ranks);

}  // namespace dko
