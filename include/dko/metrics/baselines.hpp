#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// The mean share of each gene in those of the `known` cells that express it; 0 where none does. Local.
std::vector<double> mean_shares_where_expressed(const RelativeProfiles& profiles,
                                                std::span<const std::int64_t> known);

// Predictions that need no network. `known` are the cells they
// may learn from. All return cells × genes by rows, renormalised over the genes that the cell to be predicted
// expresses; a cell none of whose genes is known is all zero.

/// Each gene's mean share over the known cells that express it. Local.
std::vector<float> mean_share_profiles(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                                       std::span<const std::int64_t> cells);

/// The same of share × n, the number of genes the cell expresses: a gene's share falls with n. Local.
std::vector<float> mean_scaled_share_profiles(const RelativeProfiles& profiles,
                                              std::span<const std::int64_t> known,
                                              std::span<const std::int64_t> cells);

/// The true relative profiles of `cells`, cells × genes by rows. Local.
std::vector<float> dense_profiles(const RelativeProfiles& profiles, std::span<const std::int64_t> cells);

}  // namespace dko
