#pragma once

#include <array>
#include <cstdint>

#include "dko/knockout/score/measure.hpp"

namespace dko {

/// One measure of one gene or pair over its cells.
struct OverCells {
  double mean = 0;
  /// Sample standard deviation, sqrt(Σ_c (x_c − mean)² / (cells − 1)); NaN of a single cell. The standard
  /// error of the mean is sd / sqrt(cells), as far as cells are independent.
  float sd = 0;
  /// For interactions #{c : x_c ≠ 0 with the sign of the mean} / cells. A cell whose interaction is 0 has no
  /// sign and agrees with neither; where the mean is 0, so is this. 0 of other measures.
  float same_sign = 0;
};

/// What was added up of a measure over `count` cells: the mean, Σ_c (x_c − mean)², and in how many cells x_c
/// is above and below 0. Standard deviations over members have the mean alone. Local.
OverCells over_cells(const Measure& measure, double count, double mean, double squares, std::int64_t above,
                     std::int64_t below);

/// A gene or a pair of genes over the cells in which it was knocked out.
struct KnockoutSummary {
  static constexpr std::size_t most_measures = 11;

  std::array<std::int32_t, 2> genes{-1, -1};  ///< ascending; the second is −1 of single knockouts
  std::int64_t cells = 0;
  std::array<OverCells, most_measures> of{};  ///< in the order of the table's measures
};

}  // namespace dko
