#pragma once
// Cells of which only the numbers of expressed genes are like those of real ones.

#include <cstdint>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// Expressed genes of each cell, from 3 to `genes`: log-normal around 2,121, two thirds of the cells between
/// 1,500 and 3,000. Local.
std::vector<std::int64_t> draw_expressed_counts(std::int64_t cells, std::int64_t genes, std::uint64_t seed);

/// Cells of such numbers, each of which expresses consecutive genes from a random one on, the first after the
/// last; all values are 1. Local. @throws Error if this node has not the memory for them
ExpressionMatrix synthetic_cells(std::int64_t cells, std::int64_t genes, std::uint64_t seed);

}  // namespace dko
