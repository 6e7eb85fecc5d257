#pragma once
// What a comparison comes to, in a sentence. Words only where an interval bears them.

#include <string>
#include <vector>

#include "dko/evaluation/effects_evaluation.hpp"
#include "dko/evaluation/knockout_evaluation.hpp"
#include "dko/evaluation/prediction_evaluation.hpp"
#include "dko/evaluation/score_comparison.hpp"

namespace dko {

/// "beats", "does no better than" or "falls behind": how a difference to something reads. `sign` is −1 where
/// less is better.
const char* comparison_word(const Interval& difference, int sign = 1);

/// Whether `score` ranks events better than the best baseline, by Spearman over events; and where it does
/// otherwise within units, within cells, or, where `effects` are to be found, in that, too. `unit` is "gene"
/// or "pair".
std::string ranking_verdict(const ScoreComparison& comparison, const std::string& score,
                            const std::string& unit, bool effects);

/// Whether `score` finds events with an effect better than chance and than the best baseline, by AUPRC.
std::string finding_verdict(const ScoreComparison& comparison, const std::string& score);

/// Whether the mapping, the first of the methods, finds the pairs of genes with an effect better than the
/// best of the others, by AUPRC, and how many of its first pairs are right.
std::string effects_verdict(const EffectsEvaluation& evaluation);

/// Whether the mapping, the first of the predictors, predicts held-out profiles better than the best of the
/// baselines, by the mean Bray-Curtis distance.
std::string prediction_verdict(const std::vector<ProfilePredictor>& predictors);

/// Whether the predicted change of a knockout agrees with the real one better than that of other genes in its
/// place: p ≤ 0.01 convinces, above 0.1 nothing does, between the two another training may turn the verdict.
/// At least 19 other genes are needed, for a p of 0.05 to be possible.
std::string knockout_verdict(const KnockoutAgreement& mapping, const KnockoutAgreement& contrast,
                             const std::string& gene, const PerturbationKind& kind = {});

}  // namespace dko
