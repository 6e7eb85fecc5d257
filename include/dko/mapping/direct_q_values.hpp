#pragma once

#include <cstdint>
#include <vector>

#include "dko/mapping/model.hpp"

namespace dko {

/// The q-value of one direct effect.
struct EffectQ {
  std::int32_t gene = 0;
  double q = 1;
};

/// As direct_q_values() of one lost gene, of the genes that it has an effect on alone, ascending: O(its
/// effects). Empty also of a model without members. Local.
std::vector<EffectQ> direct_effect_q_values(const Model& model, std::int32_t lost);

}  // namespace dko
