#pragma once
// What an evaluation by perturbations comes to, in words.

#include <string>
#include <vector>

#include "dko/evaluation/perturbed/perturbation_evaluation.hpp"

namespace dko {

/// Verdict on one method and one target, in a few words: "nothing to find", "not visible", "no prediction",
/// "the same for every gene", "predicts no direction", "too few other losses to tell" (fewer than 99); else
/// by the p of its Spearman among the losses of other genes, "finds it" (p ≤ 0.01 and a positive Spearman) or
/// "does not find it". Some ten methods are tried on each target: p ≤ 0.1 of one of them is chance.
std::string method_verdict(const MethodOnTarget& method, const PerturbationKind& kind = {});

/// The baseline with the highest Spearman on a target, if there is one.
std::optional<std::size_t> best_baseline(const TargetEvaluation& target);

/// The mapping and a baseline over the same targets: those of which both predict a direction.
struct PairedMeans {
  std::size_t baseline = 0;
  std::int64_t targets = 0;
  double mapping = 0;  ///< mean Spearman
  double other = 0;    ///< the baseline's
};

/// Finds the baseline that is furthest above the mapping, or the least below, of those with the most such
/// targets; none where there is no such target.
std::optional<PairedMeans> paired_means(const PerturbationEvaluation& evaluation);

/// Verdict on one target, in a sentence or two: the mapping beside the best baseline.
std::string target_verdict(const PerturbationEvaluation& evaluation, const TargetEvaluation& target);

/// Targets that do not themselves go the way that their perturbation should take them, up or down; empty if
/// all do, and of knockouts, whose transcript need not vanish.
std::string direction_note(const PerturbationEvaluation& evaluation);

/// Verdict over all targets.
std::string perturbation_verdict(const PerturbationEvaluation& evaluation);

}  // namespace dko
