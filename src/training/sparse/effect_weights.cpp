#include "dko/training/sparse/effect_weights.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

/// The weight of a pair in the prior, if the effect has the sign that it states; 0 of others.
double support_of(const NetworkPrior& prior, std::int32_t target, std::int32_t regulator, double effect) {
  const auto of_target = std::ranges::equal_range(prior.targets, target);
  const auto first = of_target.begin() - prior.targets.begin();
  const auto last = of_target.end() - prior.targets.begin();
  const auto pair =
      std::lower_bound(prior.regulators.begin() + first, prior.regulators.begin() + last, regulator);
  const auto at = static_cast<std::size_t>(pair - prior.regulators.begin());
  if (pair == prior.regulators.begin() + last || *pair != regulator || prior.signs[at] * effect < 0) return 0;
  return prior.weights[at];
}

/// w + p (1 − w) of the effect of `regulator` on `target`.
double weight_of(double q, const EffectSupport& support, std::int32_t target, std::int32_t regulator,
                 double effect) {
  const double own = effect_weight(q);
  const bool agrees = support.prior_factor < 1;
  return own + (agrees ? support_of(support.prior, target, regulator, effect) : 0) * (1 - own);
}

}  // namespace

double effect_weight(double q) {
  constexpr double in_full = 0.5;
  constexpr double steepness = 1.5;
  return std::pow(std::clamp((1 - q) / (1 - in_full), 0.0, 1.0), steepness);
}

std::vector<double> effect_weights(const SparseMapping& mapping, std::span<const double> q, double most,
                                   const EffectSupport& support) {
  const GeneLevels levels = mapping.levels();
  std::vector<double> weights;
  for (std::int32_t regulator = 0; regulator < mapping.genes(); ++regulator) {
    const bool by_level = levels.any() && levels.scale[static_cast<std::size_t>(regulator)] > 0;
    for (const std::int32_t target : mapping.column(regulator).genes) {
      const std::size_t at = weights.size();
      const double effect = mapping.effects()[at];
      weights.push_back(q[at] > most ? 0
                        : by_level   ? 1
                                     : weight_of(q[at], support, target, regulator, effect));
    }
  }
  return weights;
}

DecoyEffects weigh_decoys(const DecoyEffects& decoys, std::span<const double> q,
                          const EffectSupport& support) {
  std::vector<double> weights;
  weights.reserve(q.size());
  for (std::size_t gene = 0; gene + 1 < decoys.starts.size(); ++gene) {
    for (auto at = static_cast<std::size_t>(decoys.starts[gene]);
         at < static_cast<std::size_t>(decoys.starts[gene + 1]); ++at)
      weights.push_back(
          weight_of(q[at], support, decoys.rows[at], static_cast<std::int32_t>(gene), decoys.effects[at]));
  }
  return times_weights(decoys, weights);
}

}  // namespace dko
