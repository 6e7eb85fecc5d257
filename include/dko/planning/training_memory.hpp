#pragma once

#include "dko/expression/matrix.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/training/ensemble.hpp"

namespace dko {

/// What training on `ranks` ranks takes, at most `ranks_of_node` of them on a node, the data included. Of the
/// original's mapping, M bytes of parameters, a rank has the share s that its form gives it (data: 1;
/// sharded: one part of its group's): 3 sM for weights and two moments, sM more for the weights that
/// validation keeps, and the activations of a batch. At the end, moments given up, one rank of the group has
/// the mapping whole, and rank 0 all that are done: what this takes beyond the former is counted on one rank.
/// Local.
MemoryNeed training_memory(const ExpressionMatrix& matrix, const Split& split, const ModelOptions& options,
                           int ranks, int ranks_of_node);

/// Bytes of all mappings that these options ask for, as rank 0 has them in the end; sparse ones as large as
/// they come. Local.
double bytes_of_members(const ExpressionMatrix& matrix, const ModelOptions& options);

/// What predicting the held-out cells takes after that: of rank 0, which does it alone, true and predicted
/// profiles, the baseline's, and sums over members, of `profile_bytes` each, and what ranks the genes that as
/// many cells express. Local.
MemoryNeed prediction_memory(const ExpressionMatrix& matrix, const ModelOptions& options,
                             double profile_bytes);

}  // namespace dko
