#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/sparse_mapping.hpp"

namespace dko {

/// The row of A that acts on one gene.
struct Regulators {
  std::vector<std::int32_t> genes;
  std::vector<double> effects;
  std::vector<std::size_t> places;  ///< among the mapping's effects
};

/// Finds that of every gene. Local.
std::vector<Regulators> regulators_of(const SparseMapping& mapping);

/// c_ij = Σ_k x_kj x_ik of every gene j on gene i, the `target`: what x, one value for each of the mapping's
/// effects, says of j by way of the genes that it acts on. 0 of the target itself. Local.
std::vector<double> sums_of_paths(std::span<const Regulators> rows, std::span<const double> x,
                                  std::int32_t target);

}  // namespace dko
