#pragma once

#include "dko/knockout/screen/screen.hpp"
#include "dko/mapping/model.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/training/ensemble.hpp"

namespace dko {

/// What of a model decides the memory of a screen by it, all members together.
struct ModelFootprint {
  MappingKind kind = MappingKind::dko;
  double members = 1;
  double mapping_bytes = 0;    ///< once per node: dense, A and c in double precision; sparse, all arrays
  double parameter_bytes = 0;  ///< of the original's mappings while A is computed
  double compute_bytes = 0;    ///< the same, on each rank
  double most_of_columns = 0;  ///< sparse: non-zeros of the columns of the cell that has most
  double decoy_bytes = 0;      ///< sparse: decoys of all members, while they are at rank 0
  double decoy_mappings =
      0;  ///< the same of one member, in the form that nodes share to find q-values of shifts
};

/// Footprint of a model that was read: its members are in memory.
ModelFootprint model_footprint(const Model& model, const ExpressionMatrix& matrix);

/// Footprint of one that is yet to be trained; sparse ones at their largest.
ModelFootprint model_footprint(const ModelOptions& options, const ExpressionMatrix& matrix);

/// What screening takes: the arrays that the ranks of a node share, and on each rank the kernels' memory of
/// the largest cell (DenseCellKernel::bytes, SparseCellKernel::bytes), scores on their way to the file, names
/// and indices; of a summary, which as many ranks share, a rank's part of the sums. Local.
MemoryNeed screen_memory(const ExpressionMatrix& matrix, const ScreenPlan& plan, const ModelFootprint& model,
                         std::int64_t ranks = 1);

/// Adds what the plan takes, once per node and on every rank. Local.
void add_plan(MemoryNeed& need, const ExpressionMatrix& matrix, const ScreenPlan& plan);

/// Bytes of the parameters of one of the original's mappings, and of a sparse one as large as they come.
/// Local.
double bytes_of_parameters(const MappingShape& shape);
double bytes_of_largest_sparse(const ExpressionMatrix& matrix, bool has_levels = false);

/// Effects of a sparse mapping as large as they come, without what levels pass on. Local.
double most_effects(const ExpressionMatrix& matrix);

}  // namespace dko
