#pragma once
// What a comparison comes to, in a sentence. Words only where an interval bears them.

#include <string>

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

}  // namespace dko
