#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dko {

/// What a knockout of the genes K in a cell is scored by. With b the base profile of the intact cell
/// (BaseProfile; fitted, b = q, the predicted one) and b' that after the knockout:
///
///     impact(K)  = BC(b', b)                      all that changes (on a fitted base the original's k_pred)
///     network(K) = BC(b', b without K, rescaled)  what changes beyond the removal of K itself
///
/// If the mapping only renormalised, impact(K) would be the share Σ_{g∈K} b_g and network(K) zero.
///
/// Impact and network are numbers from 0 to 1, no score is NaN, whatever a mapping of finite parameters
/// gives. Where all outputs of a cell are zero, S = Σ|o| = 0, its b is 0, not a distribution, and BC of a
/// profile and of nothing is 1, of nothing and nothing 0: an impact is 0 if S and S' are both 0, and 1 if one
/// of them is. The same holds of network with what is left of b. (In double precision S below 1e-300 counts
/// as 0. Floats as parameters give A, c and S below 1e90: nothing overflows.) A cell of n genes has knockouts
/// of fewer than n genes only: one that leaves no gene is no event, and a cell of one gene has none. Of equal
/// scores the event with the lower number, of equal means the genes with the lower numbers, come first
/// wherever there is an order.
///
/// With an ensemble of M mappings, its members, a score is the mean of the members' scores x_m, and beside it
/// stands their sample standard deviation,
///
///     sd = sqrt(Σ_m (x_m − mean)² / (M − 1)),
///
/// which one mapping does not have. It says how far the members, which differ in their split and their random
/// start, disagree on this knockout: the noise of training (of one member; that of the mean is smaller). It
/// does not say: a bias that all members share, the noise of the data themselves, the error against the
/// truth.
///
/// Beside the scores of a single knockout is the yardstick that its impact is to be compared with,
///
///     share(g) = mean over the members of b_g,
///
/// the gene's share of the intact cell. It is no score: nothing is knocked out to find it.
///
/// Where a screen has a direction from cells A to cells B (Direction: d, and B's mean profile m), two more
/// scores say whether a knockout moves a cell along it, r being b without K, rescaled, and m_K likewise m:
///
///     shift(K)    = <b' − r, d> / <d, d>          1: as far as B is from A, negative: the other way
///     approach(K) = BC(r, m_K) − BC(b', m_K)      how much nearer to B's profile the cell comes
///
/// Both have a sign, and are 0 under pure rescaling and where a mapping gives a cell no output.
enum class Score { impact, network, impact_sd, network_sd, share, shift, shift_sd, approach, approach_sd };

/// The scores proper, and all that is stored.
inline constexpr std::array mean_scores{Score::impact, Score::network, Score::shift, Score::approach};
inline constexpr std::array every_score{Score::impact,     Score::network,  Score::impact_sd,
                                        Score::network_sd, Score::share,    Score::shift,
                                        Score::shift_sd,   Score::approach, Score::approach_sd};

/// The standard deviation over the members that belongs to a score proper.
constexpr Score deviation_of(Score score) {
  return score == Score::impact    ? Score::impact_sd
         : score == Score::network ? Score::network_sd
         : score == Score::shift   ? Score::shift_sd
                                   : Score::approach_sd;
}
constexpr bool is_deviation(Score score) {
  return score == Score::impact_sd || score == Score::network_sd || score == Score::shift_sd ||
         score == Score::approach_sd;
}
/// Whether it is a score proper: neither a standard deviation nor the share.
constexpr bool is_proper(Score score) {
  return !is_deviation(score) && score != Score::share;
}
/// Whether it is of a direction, and has a sign.
constexpr bool is_directed(Score score) {
  return score == Score::shift || score == Score::approach;
}

/// One value for each score.
template <class T>
struct PerScore {
  T impact{};
  T network{};
  T impact_sd{};
  T network_sd{};
  T share{};
  T shift{};
  T shift_sd{};
  T approach{};
  T approach_sd{};

  constexpr T& operator[](Score score) { return this->*places[static_cast<std::size_t>(score)]; }
  constexpr const T& operator[](Score score) const { return this->*places[static_cast<std::size_t>(score)]; }

 private:
  static constexpr std::array<T PerScore::*, every_score.size()> places{
      &PerScore::impact, &PerScore::network,  &PerScore::impact_sd, &PerScore::network_sd, &PerScore::share,
      &PerScore::shift,  &PerScore::shift_sd, &PerScore::approach,  &PerScore::approach_sd};
};

/// Which of them are wanted.
struct ScoreSet : PerScore<bool> {
  constexpr bool has(Score score) const { return (*this)[score]; }
  constexpr std::int64_t count() const {
    return std::count_if(every_score.begin(), every_score.end(), [this](Score score) { return has(score); });
  }
  constexpr bool any() const { return count() > 0; }
};

inline constexpr ScoreSet both_scores{{true, true}};

/// With the standard deviation of every score that is in the set: what a screen by several members stores.
constexpr ScoreSet with_deviations(ScoreSet scores) {
  for (const Score score : mean_scores) scores[deviation_of(score)] = scores[score];
  return scores;
}

/// With the share, which is stored of single knockouts whenever one of their scores is.
constexpr ScoreSet with_share(ScoreSet scores) {
  scores.share = scores.any();
  return scores;
}

/// The scores of one knockout. One mapping leaves the standard deviations 0; kernels leave the share 0, which
/// is of the intact cell.
using KnockoutScores = PerScore<double>;

/// Where the scores of consecutive events go, as they are stored; empty for a score that is not wanted.
using ScoreSpans = PerScore<std::span<float>>;

/// Stored scores of consecutive events; empty for a score that is not there.
using ScoreViews = PerScore<std::span<const float>>;

}  // namespace dko
