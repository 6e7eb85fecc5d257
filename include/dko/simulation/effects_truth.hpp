#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/simulation/cells.hpp"
#include "dko/simulation/dynamics.hpp"

namespace dko {

/// Sums over some cells of what the loss of each gene does to the level of every other. They are exact, so
/// that they do not depend on how cells are spread over ranks.
struct EffectSums {
  /// Takes at most so many cells.
  explicit EffectSums(std::int64_t genes, std::int64_t all_cells = 1);

  std::int64_t genes;
  double unit;  ///< 2^−32, or, where as many cells need it, more
  /// N × N by lost gene: sum of (x'_i − x_i) / x_i in units, each change at most 10,000.
  std::vector<std::int64_t> change;
  std::vector<std::int64_t> cells;  ///< N × N: cells that have both genes, and settle without the first

  /// R[lost, gene], the mean relative change; nothing if no cell has both.
  std::optional<double> mean(std::int64_t lost, std::int64_t gene) const;
};

/// Solves the network again without each gene that the cell has, and adds the relative change of each other
/// gene that it has. Returns how many losses did not settle; they are left out. Local.
std::int64_t add_effects(const RegulatoryDynamics& dynamics, const SimulatedCell& cell, EffectSums& sums);

}  // namespace dko
