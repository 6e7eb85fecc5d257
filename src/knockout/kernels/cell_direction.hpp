#pragma once
// What a direction is in one cell. Shared by this room's sources only.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/score/direction.hpp"

namespace dko {

/// A direction over the n expressed genes of a cell, with b its intact profile. Shifts are differences of two
/// profiles that sum to one, so that a constant may be taken off the weights:
///
///     v_i = d_i/<d, d> − Σ_j b_j d_j/<d, d>,   hence Σ b v = 0 and <b without K, rescaled, v> = −Σ_{g∈K} v_g
///     b_g / k, k = 1 − Σ_{g∈K} b_g.
struct CellDirection {
  /// Gathers v and m, m of the absent genes as well. O(n)
  void load(const Direction& direction, std::span<const std::int32_t> expressed,
            std::span<const double> profile, std::span<const std::int32_t> absent = {});

  /// Σ_{g∈K} m_g.
  double target_of(std::span<const std::int32_t> removed) const;

  std::vector<double> weight;  ///< v
  std::vector<double> target;  ///< m
};

}  // namespace dko
