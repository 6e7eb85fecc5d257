#pragma once
// What a sparse mapping says of genes that a cell lacks. Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/sparse_mapping.hpp"

namespace dko {

/// SparseMapping::raw_outputs of other genes than those that the cell expresses.
std::vector<double> raw_outputs_of(const SparseMapping& mapping, const IntactCell& cell,
                                   std::span<const std::int32_t> genes);

/// x of a gene that is switched on in a cell that lacks it: 1, or the level of its mean share.
double input_of_added(const SparseMapping& mapping, std::int32_t gene);

}  // namespace dko
