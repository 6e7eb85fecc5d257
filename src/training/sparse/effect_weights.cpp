#include "dko/training/sparse/effect_weights.hpp"

#include <algorithm>
#include <cmath>

#include "prior_choice.hpp"

namespace dko {

namespace {

bool supports(const PairSupport& support, std::int32_t target, std::int32_t regulator) {
  const auto pairs = support.of(target);
  return std::any_of(pairs.begin(), pairs.end(),
                     [&](const PairSupport::Pair& pair) { return pair.regulator == regulator; });
}

}  // namespace

double effect_weight(double q) {
  constexpr double in_full = 0.5;
  constexpr double steepness = 1.5;
  return std::pow(std::clamp((1 - q) / (1 - in_full), 0.0, 1.0), steepness);
}

std::vector<double> effect_weights(const SparseMapping& mapping, std::span<const double> q, double most,
                                   const EffectSupport& support) {
  const PairSupport pairs(support.prior_factor < 1 ? support.prior : NetworkPrior{}, mapping.genes());
  const GeneLevels levels = mapping.levels();
  std::vector<double> weights;
  for (std::int32_t regulator = 0; regulator < mapping.genes(); ++regulator) {
    const bool by_level = levels.any() && levels.scale[static_cast<std::size_t>(regulator)] > 0;
    for (const std::int32_t target : mapping.column(regulator).genes) {
      const double own = q[weights.size()];
      const bool stays = by_level || supports(pairs, target, regulator);
      weights.push_back(own > most ? 0 : stays ? 1 : effect_weight(own));
    }
  }
  return weights;
}

}  // namespace dko
