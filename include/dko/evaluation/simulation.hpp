#pragma once

#include <cstdint>
#include <vector>

#include "dko/evaluation/regulatory_network.hpp"

namespace dko {

/// Cells in the steady state of a regulatory network.
struct SimulatedCells {
  std::int64_t genes = 0;
  std::vector<std::vector<double>> expression;  ///< one cell after the other, one level per gene
  std::int64_t redrawn = 0;                     ///< draws that did not settle and were drawn again
};

/// `count` cells, in each of which a random `absent` fraction of the genes (rounded to whole genes) is
/// missing; all others start uniform in (0, 1). Every cell has random streams of its own. Local.
/// @throws Error if a cell does not settle in any of ten draws.
SimulatedCells simulate_cells(const std::vector<Regulation>& network, std::int64_t genes, std::int64_t count,
                              double absent, std::uint64_t seed);

}  // namespace dko
