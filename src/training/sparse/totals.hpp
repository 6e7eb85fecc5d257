#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/sparse_mapping.hpp"
#include "dko/parallel/communicator.hpp"
#include "gene_inputs.hpp"

namespace dko {

/// o of the genes that a cell expresses, at least their floors. Local.
std::vector<double> outputs_of(const SparseMapping& mapping, const RelativeProfiles& profiles,
                               std::int64_t cell);

/// T = Σ o over the expressed genes of each cell, scaled so that its mean over `fitted` cells is that of n.
/// One per cell, on all ranks, which share the cells; the same bits for any number of them. Collective.
std::vector<double> totals_by(const SparseMapping& mapping, const RelativeProfiles& profiles,
                              std::span<const std::int64_t> fitted, const Communicator& communicator);

/// T = n / f of each cell, n the number of genes it expresses: with levels their factor f stands for the
/// total (GeneLevels), without f = 1. Local.
std::vector<double> totals_by_levels(const GeneInputs& inputs, const ExpressionMatrix& matrix);

}  // namespace dko
