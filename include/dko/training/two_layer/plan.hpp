#pragma once

#include <cstdint>
#include <string_view>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/mapping.hpp"
#include "dko/training/split.hpp"

namespace dko {

struct TrainingOptions;

/// How a training is spread over ranks.
///
/// * data: every rank has all parameters and its share of the cells; gradients are summed by allreduce.
/// * sharded: every rank has a block of the hidden units (rows of W1, columns of W2, their moments) and all
///   cells of the batch; only outputs, cells × expressed genes, are summed.
/// * automatic: the one of the two that plan_training() estimates to be faster.
enum class ParallelForm { automatic, data, sharded };

/// "auto", "data", "sharded": the value of --parallel, and what files call it.
std::string_view name_of(ParallelForm form);

/// What the time of a training depends on.
struct TrainingSize {
  std::int64_t genes = 0;   ///< N
  std::int64_t hidden = 0;  ///< H
  std::int64_t batch = 0;   ///< cells a step
  std::int64_t steps = 0;
  std::int64_t validation_cells = 0;
  double expressed = 0;  ///< genes a cell, mean

  MappingShape shape() const { return {genes, hidden}; }
};
/// The largest of the parts that `ranks` ranks make of `count` things, of the whole; 0 of none.
double largest_share(std::int64_t count, int ranks);
TrainingSize training_size(const ExpressionMatrix& matrix, const Split& split,
                           const TrainingOptions& options);

/// Seconds, estimated from counts of operations and bytes and from what they cost on one machine (plan.cpp
/// names it). The same for the same size everywhere, so that what is chosen by them is, too.
struct StepCost {
  double compute = 0;        ///< forward and backward of the batch
  double update = 0;         ///< of the parameters, by Adam
  double communication = 0;  ///< of gradients or outputs
  double validation = 0;     ///< one validation of all validation cells, its communication included
};
/// Cost for each of `ranks` ranks, `form` not automatic. Gradients and validation outputs are counted as one
/// message each, which is too few where there are many ranks. Local.
StepCost estimated_cost(const TrainingSize& size, ParallelForm form, int ranks);

/// How a training will go.
struct TrainingPlan {
  ParallelForm parallel = ParallelForm::data;  ///< never automatic; of one rank always sharded
  std::int64_t validate_every = 1;
};

/// What the options leave open is chosen by estimated costs: the form whose step, validation included, is
/// quicker; and to validate at every step, as the original does, if that is estimated to take at most
/// `cheap_validation` in all, otherwise so seldom that it takes at most a tenth of the time, but
/// `least_validations` times at least. When to validate is chosen by what one rank takes, so that it does not
/// depend on the ranks. Without validation cells validate_every is 1 and means nothing. Local.
TrainingPlan plan_training(const TrainingSize& size, const TrainingOptions& options, int ranks);

/// Seconds of a whole training.
inline constexpr double cheap_validation = 10;
inline constexpr std::int64_t least_validations = 20;

}  // namespace dko
