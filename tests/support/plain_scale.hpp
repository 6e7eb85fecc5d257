#pragma once
// The oracle of the scale of a gene's targets (TargetScale).

#include <vector>

namespace dko::testing {

/// m (1 + (u^a − 1)/a − c) of u = y/m, m and c means, with that of the four powers a under which the density
/// of normal values y' is greatest: its logarithm is summed up value by value.
std::vector<double> plainly_scaled(const std::vector<double>& values);

}  // namespace dko::testing
