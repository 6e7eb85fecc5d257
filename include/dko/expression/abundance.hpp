#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// The `count` genes with the greatest sums of shares over `cells`, or all where there are fewer: those that
/// make up most of the profiles. Greatest first, equal ones by their order. Local; O(non-zeros).
std::vector<std::int32_t> most_abundant_genes(const RelativeProfiles& profiles,
                                              std::span<const std::int64_t> cells, std::size_t count);

}  // namespace dko
