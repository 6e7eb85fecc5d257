#pragma once
// The oracle: the original's two-layer network, layer by layer in double precision with plain loops. Shares
// nothing with the program's own forward pass, collapse or kernels.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/mapping.hpp"

namespace dko::testing {

/// q = y/Σy, y = ẑ ∘ |W2 (W1 ẑ + b1) + b2|, for the assemblage of these genes; over all genes.
std::vector<double> full_profile(const Mapping& mapping, std::span<const std::int32_t> expressed);

/// |W2 (W1 ẑ + b1) + b2| of all genes, ẑ being these presences in parts of their sum.
std::vector<double> full_outputs(const Mapping& mapping, std::span<const double> presences);

/// Σ|a−b| / Σ(a+b).
double full_distance(std::span<const double> a, std::span<const double> b);

/// BC(after, r), r being `before` without the removed genes, scaled to sum to one again.
double rescaled_distance(std::span<const double> after, std::vector<double> before,
                         std::span<const std::int32_t> removed);

/// BC(q', q) of knocking out `removed` (gene numbers) from a cell that expresses `expressed`.
double full_impact(const Mapping& mapping, std::span<const std::int32_t> expressed,
                   std::span<const std::int32_t> removed);

/// BC(q', r), r being q without the removed genes, scaled to sum to one again.
double full_network_impact(const Mapping& mapping, std::span<const std::int32_t> expressed,
                           std::span<const std::int32_t> removed);

}  // namespace dko::testing
