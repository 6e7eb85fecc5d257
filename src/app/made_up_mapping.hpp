#pragma once
// Mappings that nobody trained, for benches: of any size at once.

#include <cstdint>

#include "dko/mapping/collapsed_mapping.hpp"

namespace dko::app {

/// N×N effects, normally distributed, of `effect` times the output they change over √N, on outputs over two
/// orders of magnitude: the outputs of a cell stay positive, and some rows may cross zero under some pairs.
CollapsedMapping make_dense_mapping(std::int64_t genes, double effect, std::uint64_t seed);

/// Every column has as many effects, on other genes drawn at random, a tenth of the output they change.
CollapsedMapping make_sparse_mapping(std::int64_t genes, std::int64_t nonzeros, std::uint64_t seed);

}  // namespace dko::app
