#pragma once

#include <array>
#include <span>

namespace dko {

/// What a knockout of the genes K in a cell is scored by. With q the predicted profile of the intact cell
/// and q' that after the knockout:
///
///     impact(K)  = BC(q', q)                      all that changes (the original's k_pred)
///     network(K) = BC(q', q without K, rescaled)  what changes beyond the removal of K itself
///
/// If the mapping only renormalised, impact(K) would be the share Σ_{g∈K} q_g and network(K) zero.
enum class Score { impact, network };

inline constexpr std::array every_score{Score::impact, Score::network};

/// Which of them are wanted.
struct ScoreSet {
  bool impact = false;
  bool network = false;

  bool any() const { return impact || network; }
  bool has(Score score) const { return score == Score::impact ? impact : network; }
};

inline constexpr ScoreSet both_scores{true, true};

/// Where the scores of consecutive events go; empty for a score that is not wanted.
struct ScoreSpans {
  std::span<float> impact;
  std::span<float> network;
};

}  // namespace dko
