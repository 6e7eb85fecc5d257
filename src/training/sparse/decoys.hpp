#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "presence.hpp"

namespace dko {

/// The stratum of each of `cells`: fifths of the number of expressed genes, each divided into thirds of the
/// first two factors of the cell's state, as many as there are. `state` is factors × all cells. Local.
std::vector<std::int32_t> strata_of(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                                    std::span<const float> state, std::int64_t factors);

/// A presence for each gene that has as many cells of every stratum as the gene's own, at random: what a gene
/// without any effect would show. Each gene and draw has a stream of its own. Local.
PresenceBits decoy_presence(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                            std::span<const std::int32_t> strata, std::uint64_t seed, std::int64_t draw,
                            const NodeGroup& group);

}  // namespace dko
