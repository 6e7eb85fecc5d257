#pragma once
// Mappings that nobody trained, and cells that nobody sequenced, for benches: of any size at once.

#include <cstdint>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

/// N×N effects, normally distributed, of `effect` times the output they change over √N, on outputs over two
/// orders of magnitude: the outputs of a cell stay positive, and some rows may cross zero under some pairs.
CollapsedMapping make_dense_mapping(std::int64_t genes, double effect, std::uint64_t seed);

/// Parameters of two layers whose product has effects of about that size too.
Mapping make_layers(MappingShape shape, double effect, std::int64_t expressed, std::uint64_t seed);

/// Every column has as many effects, on other genes drawn at random, a tenth of the output they change.
SparseMapping make_sparse_mapping(std::int64_t genes, std::int64_t nonzeros, std::uint64_t seed);

/// Cells that express as many genes each, drawn at random, all as much.
ExpressionMatrix make_cells(std::int64_t cells, std::int64_t genes, std::int64_t expressed,
                            std::uint64_t seed);

/// The relative profiles of such cells, whose expression is log-normal, two thirds within a factor of e of
/// its median.
RelativeProfiles make_profiles(std::int64_t cells, std::int64_t genes, std::int64_t expressed,
                               std::uint64_t seed);

}  // namespace dko
