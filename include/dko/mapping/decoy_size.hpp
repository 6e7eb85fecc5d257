#pragma once
// How many decoys of a gene there are, and what they take.

#include <cstdint>

namespace dko {

constexpr std::int64_t decoy_draws = 4;  ///< decoys of every gene: q depends the less on the seed

/// Bytes of a draw (DecoyEffects) with so many effects.
constexpr double decoy_draw_bytes(std::int64_t genes, double effects) {
  return sizeof(std::int64_t) * static_cast<double>(genes + 1) +
         (sizeof(std::int32_t) + sizeof(double)) * effects;
}

}  // namespace dko
