#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/evaluation/evaluation.hpp"
#include "dko/evaluation/perturbation_kind.hpp"
#include "dko/evaluation/perturbed/loss_agreement.hpp"
#include "dko/evaluation/perturbed/perturbed_cells.hpp"
#include "dko/mapping/visibility.hpp"
#include "dko/parallel/at_root.hpp"

namespace dko {

/// Whether a method can be judged by a target.
enum class Judgement {
  judged,
  nothing_to_find,  ///< the perturbation changes too little: has_effect() (perturbation_truth.hpp)
  not_visible,      ///< the method rests on presence, which does not show the absence of the gene
  no_prediction,    ///< too few cells, or nothing that varies
};

/// One way of predicting, on one target. The figures count only where `judgement` is judged.
struct MethodOnTarget {
  Judgement judgement = Judgement::judged;
  LossAgreement agreement;
  std::optional<Specificity> specificity;  ///< nothing where it predicts the same for every gene
};

struct TargetEvaluation {
  std::string label;
  std::int64_t cells = 0;
  PerturbationTruth truth;
  std::string not_visible;          ///< why (why_not_visible()); empty: it is visible
  std::int64_t direct_effects = 0;  ///< genes that the mapping changes beyond rescaling; 0 if not visible
  std::vector<MethodOnTarget> methods;
};

/// Means of a method over the targets that all methods can be judged by, where the figure exists.
struct MethodMeans {
  std::int64_t targets = 0;
  std::int64_t with_direction = 0;  ///< of these, targets whose changes it predicts at all: of a Spearman
  std::optional<double> spearman;
  std::optional<double> same_sign;
  std::optional<double> balanced;
  std::optional<double> recall;
  std::optional<double> auprc;
  std::optional<double> error;
  std::optional<double> specificity;  ///< 1 − (rank − 1)/(losses − 1): 1 for first, 0 for last, 0.5 by chance
};

/// The baseline that knows what the other perturbations did.
inline constexpr auto mean_response = "mean response";
/// The first methods are the mapping's.
inline constexpr std::size_t mapping_methods = 2;

struct PerturbationEvaluation {
  PerturbationKind kind;
  std::int64_t control_cells = 0;
  std::int64_t unlabelled = 0;
  std::int64_t empty = 0;
  Names no_genes;
  Names too_few;
  std::int64_t genes = 0;
  Names methods;  ///< the mapping, its direct effects, and then what needs no mapping
  Names without;  ///< methods that say nothing of perturbations of this kind, and why
  std::vector<TargetEvaluation> targets;
  std::vector<MethodMeans> means;  ///< one a method
};

/// What it compares with, beside an Evaluation.
struct PerturbationInput {
  PerturbedCells cells;
  std::vector<GeneVisibility> visibility;  ///< of every gene in the unperturbed cells
  std::vector<double> depths;              ///< total of each of these
};

/// Compares what losses, or what else `kind` is, are predicted to do (predicted_losses.hpp) with what
/// perturbations did, for all targets, beside up to `null_genes` other genes in their place. Collective.
/// @throws CollectiveFailure for want of memory
AtRoot<PerturbationEvaluation> evaluate_perturbations(const AtRoot<PerturbationInput>& input,
                                                      std::int64_t null_genes, const Evaluation& evaluation,
                                                      const PerturbationKind& kind);

}  // namespace dko
