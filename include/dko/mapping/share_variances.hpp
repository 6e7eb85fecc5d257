#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

/// How far the share of each gene varies around what a mapping predicts, beyond what counting explains:
///
///     s²_i = max(0, mean over the cells that express i of (p_ci − q_ci)² − q_ci/T_c),
///
/// with q_ci/T_c the variance of the share of counts of Poisson's distribution, 0 where the data are no
/// counts. 0 of a gene that no cell expresses. `cells` are those that the member learnt from; of the
/// original's mapping, which takes O(N H) a cell, 2,000 of them at most, evenly spread. What a shrunk base
/// profile weighs by (BaseProfile). Local: the same bits for any number of ranks.
std::vector<double> share_variances(const Member& member, const RelativeProfiles& profiles,
                                    std::span<const std::int64_t> cells);

}  // namespace dko
