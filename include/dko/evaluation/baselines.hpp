#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// The prediction that needs no model: each gene's mean share over the `known` cells that express it,
/// renormalised over the genes that the cell to be predicted expresses. `profiles` holds relative profiles
/// as values. Returns cells × genes by rows; a cell none of whose genes is known is all zero. Local.
std::vector<float> mean_share_profiles(const ExpressionMatrix& profiles, std::span<const std::int64_t> known,
                                       std::span<const std::int64_t> cells);

/// The true relative profiles of `cells`, cells × genes by rows. Local.
std::vector<float> dense_profiles(const ExpressionMatrix& profiles, std::span<const std::int64_t> cells);

}  // namespace dko
