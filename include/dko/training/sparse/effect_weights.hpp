#pragma once
// How far the effects of a sparse fit are believed.

#include <span>
#include <vector>

#include "dko/mapping/q_values.hpp"
#include "dko/mapping/sparse_mapping.hpp"
#include "dko/training/sparse/network_prior.hpp"

namespace dko {

/// w(q) = min(1, 2 (1 − q))^(3/2): what an effect counts that has the q-value q. Up to q = 1/2 it counts in
/// full, for the lasso and the rules after it account for its uncertainty; beyond that most are noise. Local.
double effect_weight(double q);

/// What is known of effects besides their q-values.
struct EffectSupport {
  const NetworkPrior& prior;
  double prior_factor = 1;  ///< of their penalties; below 1: the data agree with the prior
};

/// The weight of each effect of `mapping` by `q`, in the order of SparseMapping::effects():
///
/// - 0 if q exceeds `most`;
/// - else 1 for a gene that enters by its level, of whose effects q says nothing;
/// - w + p (1 − w), w = w(q), for a pair that a prior supports with the weight p, if the data agree with the
///   prior and the effect has the pair's sign, where it has one;
/// - w(q) of all others: 0 where q = 1, as of effects on a gene in fewer than 20 cells. Local.
std::vector<double> effect_weights(const SparseMapping& mapping, std::span<const double> q, double most,
                                   const EffectSupport& support);

/// The effects of decoys by such weights, without those of weight 0. Local.
DecoyEffects weigh_decoys(const DecoyEffects& decoys, std::span<const double> q,
                          const EffectSupport& support);

}  // namespace dko
