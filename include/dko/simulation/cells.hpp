#pragma once

#include <cstdint>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/simulation/dynamics.hpp"
#include "dko/simulation/population.hpp"

namespace dko {

/// A cell in the steady state of a regulatory network.
struct SimulatedCell {
  std::vector<double> levels;  ///< one a gene; 0: not expressed
  CellNature nature;
  std::int64_t redrawn = 0;  ///< draws that did not settle and were drawn again
};

/// Draws of a cell before it is given up.
constexpr std::int64_t most_draws = 10;

/// Cell number `cell` of a population: its genes that are not missing start uniform in (0, 1). Every cell has
/// random streams of its own. Local.
/// @throws Error if it does not settle in any of most_draws draws.
SimulatedCell simulate_cell(const RegulatoryDynamics& dynamics, const Population& population,
                            std::int64_t cell);

/// The matrix of cells given by their levels; names gene0 … and cell0 …. Local.
ExpressionMatrix simulated_matrix(const std::vector<std::vector<double>>& levels);

}  // namespace dko
