#pragma once
// Q-values of a sparse mapping: how likely an effect is none.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dko/mapping/sparse_mapping.hpp"

namespace dko {

struct Model;

/// Effects of decoys, presences that have no effect, in the form of a mapping's own: those of the decoy of
/// gene j are entries [starts[j], starts[j+1]), on genes `rows`, ascending.
struct DecoyEffects {
  std::vector<std::int64_t> starts;
  std::vector<std::int32_t> rows;
  std::vector<double> effects;
};

/// These effects times their weights, in the same order, without those of weight 0. Local.
DecoyEffects times_weights(const DecoyEffects& all, std::span<const double> weights);

/// The mapping with the effects of decoys in the place of its own. Local.
SparseMapping with_effects(const SparseMapping& mapping, const DecoyEffects& decoys);

/// The q-value of an effect is the share of false ones to be expected among all effects that stand out as
/// much or more: a false discovery rate (Storey 2002). training/sparse/effect_q_values.hpp says how it is
/// found.
struct QValues {
  std::vector<double> effects;  ///< in the order of SparseMapping::effects(), 0 to 1
  /// N: of a gene's `network`, the least of its effects; 1 where it has none.
  std::vector<double> genes;
  /// What decoys of the genes seem to do, one draw each: what a screen compares its shifts with. Empty: not
  /// known.
  std::vector<DecoyEffects> decoys = {};

  bool empty() const { return genes.empty(); }  ///< not computed
};

/// The q-value of every gene by those of its effects.
std::vector<double> gene_q_values(const SparseMapping& mapping, std::span<const double> of_effects);

/// The q-value of every gene in a model: of an ensemble the median over its members (of an even number the
/// greater of the middle two). Empty where a member does not have any: a model of the original's kind, or one
/// made by 0.1. Local.
std::vector<double> gene_q_values(const Model& model);

/// The least q-value of the direct effects of `lost` on each gene, likewise the median over the members, a
/// member without such an effect counting as 1; nothing where no member has one. Empty as above. Local.
std::vector<std::optional<double>> direct_q_values(const Model& model, std::span<const std::int32_t> lost);

/// The mapping with each effect times its weight, from 0 to 1, and without those of weight 0: what that takes
/// away on average in the cells that the target's fit was made of goes into the offset. `inputs` are for each
/// of the mapping's effects the means of x of the regulator in those cells: of a presence, the part of them
/// that express it. What levels pass on is left out, to be found anew. Local.
SparseMapping weigh_effects(const SparseMapping& mapping, QValues& q, std::span<const double> inputs,
                            std::span<const double> weights);

/// What counts of the members' q-values, at least one: the median, of an even number the greater of the
/// middle two. Local.
double upper_median(std::vector<double> values);

}  // namespace dko
