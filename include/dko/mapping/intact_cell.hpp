#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "dko/expression/matrix.hpp"

namespace dko {

/// A cell as it is before a knockout.
struct IntactCell {
  std::span<const std::int32_t> expressed;  ///< n gene numbers, ascending
  std::span<const float> shares = {};       ///< p, the observed relative profile over these
  /// T, the sum of the cell's counts; infinite where the data are no counts.
  double total = std::numeric_limits<double>::infinity();
  std::span<const double> covariates = {};  ///< as numbers; empty where there are none
};

IntactCell intact_cell(const RelativeProfiles& profiles, std::int64_t cell);

}  // namespace dko
