#pragma once

#include <cstdint>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/simulation/dynamics.hpp"

namespace dko {

/// A cell in the steady state of a regulatory network.
struct SimulatedCell {
  std::vector<double> levels;  ///< one a gene; 0: not expressed
  std::vector<bool> absent;    ///< missing from the cell, not just decayed to nothing
  std::int64_t redrawn = 0;    ///< draws that did not settle and were drawn again
};

/// Cell number `cell`: a random `absent` fraction of the genes (rounded to whole genes) is missing, all
/// others start uniform in (0, 1). Every cell has random streams of its own. Local.
/// @throws Error if it does not settle in any of ten draws.
SimulatedCell simulate_cell(const RegulatoryDynamics& dynamics, std::int64_t cell, double absent,
                            std::uint64_t seed);

/// Molecule counts of a cell as a droplet experiment would see them: Poisson with mean M · p_i, p the
/// relative profile of `levels`, M log-normal between cells with mean `molecules` and standard deviation of
/// the logarithm `spread`. What draws none has dropped out. Depends on the seed and the cell alone. Local.
std::vector<double> count_molecules(const std::vector<double>& levels, std::int64_t cell, double molecules,
                                    double spread, std::uint64_t seed);

/// The matrix of cells given by their levels; names gene0 … and cell0 …. Local.
ExpressionMatrix simulated_matrix(const std::vector<std::vector<double>>& levels);

}  // namespace dko
