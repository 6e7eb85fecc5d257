#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/evaluation/evaluation.hpp"
#include "dko/parallel/at_root.hpp"

namespace dko {

/// True relative changes of the level of one gene by the loss of another.
struct EffectsTruth {
  std::vector<std::int32_t> lost;
  std::vector<std::int32_t> gene;
  std::vector<double> change;
  std::int64_t unknown = 0;  ///< rows of genes that the data do not have
};

/// Reads a CSV table with the columns gene_lost and gene (names of the data) and relative_change, as dko
/// simulate
/// --truth-effects writes it. Local.
/// @throws InputError with file and line for missing columns, a change that is no number, a gene that loses
///         itself, a pair that is there twice, or if no row is of these data
EffectsTruth read_effects_truth(const std::string& path, const ExpressionMatrix& matrix);

/// How well one method finds the pairs of genes of which one changes when the other is lost.
struct EffectsAgreement {
  std::string name;
  std::optional<double> auprc;           ///< by the size of its values
  double precision = 0;                  ///< of the first_pairs of the largest size
  std::optional<double> sign_agreement;  ///< among the pairs with an effect, where its value is not 0
};

struct EffectsEvaluation {
  std::int64_t pairs = 0;  ///< of the truth
  std::int64_t unknown = 0;
  std::int64_t effects = 0;               ///< of them with |change| above least_change
  std::vector<EffectsAgreement> methods;  ///< the mapping first, then what needs none
};

/// A gene changes if its level changes by more than this, relatively.
inline constexpr double least_change = 0.1;
/// Pairs whose precision is told.
inline constexpr std::int64_t first_pairs = 100;

/// Compares the mean predicted effects (gene_effects.hpp) with a table of true ones, beside correlation,
/// partial correlation, and the contrast of cells that lack a gene. Collective.
/// @throws CollectiveFailure as read_effects_truth, or for want of memory
AtRoot<EffectsEvaluation> evaluate_effects(const std::string& path, const Evaluation& evaluation);

}  // namespace dko
