#pragma once
// Cells of known effects.

#include <cstdint>

#include "dko/base/random.hpp"
#include "dko/expression/matrix.hpp"

namespace dko::testing {

struct PlantedEffects {
  std::int64_t cells;
  double lift = 1.5;       // of a target's level, 1, by its regulator
  double noise = 0.1;      // standard deviation of the logarithm of a level
  double presence = 0.75;  // probability that a cell expresses a gene
  double in_chain = 0;     // of the level of genes 1 to 4, by the gene before
};

/// 40 genes: 10 to 39 are each raised by gene number % 5, and not otherwise.
RelativeProfiles planted_effects(const PlantedEffects& planted, RandomStream random);

}  // namespace dko::testing
