#pragma once

#include <cstdint>
#include <vector>

#include "dko/mapping/gene_levels.hpp"
#include "gene_fit.hpp"

namespace dko {

/// Penalty of gene j: (strength_j / largest)^−0.6, the strength being the root mean square over genes i of
/// A_ij sd(x_j) in parts of the mean of i. Who regulates many is likelier to regulate one more. `counts`
/// cells express each gene, of `cells`. Local.
std::vector<double> regulator_penalties(const std::vector<GeneFit>& fits, const GeneLevels& levels,
                                        const std::vector<std::int64_t>& counts, std::int64_t cells);

}  // namespace dko
