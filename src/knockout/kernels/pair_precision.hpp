#pragma once
// What single precision may cost a pair, alike for dense and sparse mappings.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

#include "dko/knockout/score/score.hpp"

namespace dko {

/// Takes a gene out of a sum: no output comes near it.
constexpr float beyond = 1e30F;

/// Effects, in units of the intact cell's sum of outputs, that are so large do not come near `beyond`,
/// however they add up: whatever is computed of smaller ones is finite.
constexpr float most_magnitude = 1e24F;

/// S' may be the difference of sums this many times as large; k no less than its inverse.
constexpr float most_cancelled = 64;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// One instruction, which std::max is not.
inline float positive(float value) {
  return value > 0 ? value : 0;
}

/// A pair in units of the intact cell's sum of outputs.
struct PairTerms {
  float lost;          ///< q_a + q_b
  float magnitude;     ///< of all effects of a, and of b
  float left;          ///< S'
  float presence = 0;  ///< F, which lost genes keep

  /// 1 − m: what the other genes have after it.
  float rest() const { return 1 - presence * lost; }
};

/// Whether S' and k = 1 − lost are large enough beside what they are the differences of: single precision has
/// then cost the pair next to nothing. False of what is no number, and where single precision overflows.
inline bool is_precise(const PairTerms& pair) {
  // Both are worked out: without branches many pairs are tested at once.
  return (static_cast<int>(most_cancelled * pair.left >= 1 + pair.magnitude) &
          static_cast<int>(pair.magnitude < most_magnitude) & static_cast<int>(pair.left < most_magnitude) &
          static_cast<int>(most_cancelled * (1 - pair.lost) >= 1)) != 0;
}

/// impact = (1 − F)(q_a + q_b) + (1 − m) loss/S'
inline float pair_impact(const PairTerms& pair, float loss) {
  return std::min((1 - pair.presence) * pair.lost + pair.rest() * positive(loss) / pair.left, 1.0F);
}

/// network = (1 − m) loss/S'; 0 where it is no more than rounding leaves if nothing but renormalisation
/// happens.
inline float pair_network(const PairTerms& pair, float loss) {
  constexpr float rounding = 4.0F / (1 << 24);
  const float network = positive(loss) / pair.left;
  const float score = std::min(pair.rest() * network, 1.0F);  // worked out in any case: no branch
  return network * (1 - pair.lost) <= rounding * (pair.lost + pair.magnitude) ? 0.0F : score;
}

/// shift = (1 − m) along/S'; 0 where it is no more than rounding leaves, of weights up to `largest`, if
/// nothing but renormalisation happens.
inline float pair_shift(const PairTerms& pair, float along, float largest) {
  constexpr float rounding = 4.0F / (1 << 24);
  const float shift = pair.rest() * along / pair.left;
  return std::abs(along) <= rounding * largest * (pair.lost + pair.magnitude) ? 0.0F : shift;
}

/// The scores of a pair in double precision: for the few that single precision may not do.
using ExactScores = std::function<KnockoutScores(std::int32_t first, std::int32_t second)>;

/// Puts them where they are wanted.
inline void store_pair(const KnockoutScores& pair, const ScoreSpans& scores, std::int64_t at) {
  for (const Score score : mean_scores) {
    if (!scores[score].empty()) scores[score][static_cast<std::size_t>(at)] = static_cast<float>(pair[score]);
  }
}

}  // namespace dko
