#pragma once
// How far the effects of a sparse fit are believed.

#include <span>
#include <vector>

#include "dko/mapping/sparse_mapping.hpp"
#include "dko/training/sparse/network_prior.hpp"

namespace dko {

/// w(q) = min(1, 2 (1 − q))^(3/2): what an effect counts that has the q-value q. Up to q = 1/2 it counts in
/// full, for the lasso and what is dropped and shrunk after it have seen to its doubts; beyond that most are
/// noise. Local.
double effect_weight(double q);

/// What is beside q-values known of effects.
struct EffectSupport {
  const NetworkPrior& prior;
  double prior_factor = 1;  ///< of their penalties; below 1: the data agree with the prior
};

/// The weight of each effect of `mapping` by `q`, in the order of SparseMapping::effects(): 0 if q exceeds
/// `most`; else 1 for a pair that a prior supports with which the data agree, and for a gene that enters by
/// its level, of whose effects q says nothing; w(q) of all others. Local.
std::vector<double> effect_weights(const SparseMapping& mapping, std::span<const double> q, double most,
                                   const EffectSupport& support);

}  // namespace dko
