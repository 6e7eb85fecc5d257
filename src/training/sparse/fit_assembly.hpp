#pragma once

#include <vector>

#include "cell_state.hpp"
#include "dko/mapping/sparse_mapping.hpp"
#include "gene_fit.hpp"

namespace dko {

/// The mapping that the fits of all genes make, which are of this setting and state. Local.
SparseMapping assemble(const std::vector<GeneFit>& fits, const RegressionSetting& setting,
                       const CellState& state);

}  // namespace dko
