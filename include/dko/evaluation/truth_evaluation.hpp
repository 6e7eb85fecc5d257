#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dko/evaluation/evaluation.hpp"
#include "dko/evaluation/score_comparison.hpp"
#include "dko/evaluation/truth_table.hpp"

namespace dko {

/// The true effects that a table may hold: K_true_vs_original, K_true_vs_renormalised, and of pairs what is
/// left of each without the single knockouts.
enum class TrueEffect { all_change, network_change, interaction, network_interaction };

/// How the scores that predict one of them agree with it.
struct EffectComparison {
  TrueEffect effect = TrueEffect::all_change;
  ScoreComparison comparison;
};

struct TruthEvaluation {
  std::int64_t order = 1;   ///< genes of an event
  bool activates = false;   ///< whether they are switched on
  std::int64_t events = 0;  ///< that are compared
  TruthTable::LeftOut left_out;
  std::int64_t unscored = 0;  ///< events of the table that the screen does not have
  std::string misfit;         ///< a warning, if much of the table does not fit the data; else empty
  std::vector<EffectComparison> effects;
};

/// Compares the scores of a screen or a model with a table of true effects (`path`), and with baselines: a
/// gene's own share of the cell's expression, of one that is switched on its mean share in the cells that
/// express it; of pairs their sum, of interactions also −product. Collective.
/// @throws CollectiveFailure as read_truth, or if none of its events was scored
AtRoot<TruthEvaluation> evaluate_truth(const std::string& path, const Evaluation& evaluation);

}  // namespace dko
