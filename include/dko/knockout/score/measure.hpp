#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dko/knockout/score/score.hpp"

namespace dko {

/// What can be read of the events of a screen: a stored score or its standard deviation, the share of the
/// lost genes (stored of single knockouts, summed over the genes of others), or, of double knockouts, the
/// additive genetic interaction that follows from a score,
///
///     ε(a, b) = score({a, b}) − score(a) − score(b),
///
/// positive where two losses together do more than the sum of each, negative where less. Zero if the mapping
/// only renormalised. The interaction of mean scores is the mean of the members' interactions, but it has no
/// standard deviation: that would need each member's own interactions, and they are not stored. It does not
/// follow from the deviations of the three scores, which vary together.
struct Measure {
  Score score = Score::impact;
  bool is_interaction = false;

  bool operator==(const Measure&) const = default;
};

/// The standard deviation of a score over the members; interactions, shares and standard deviations have
/// none.
constexpr std::optional<Measure> deviation_of(const Measure& measure) {
  if (measure.is_interaction || !is_proper(measure.score)) return std::nullopt;
  return Measure{deviation_of(measure.score), false};
}

/// Whether its values may be negative: interactions, and scores along a direction.
constexpr bool has_sign(const Measure& measure) {
  return measure.is_interaction || is_directed(measure.score);
}

/// ε of a pair from the three scores as they are stored; 0 where it is less than their single precision can
/// tell from none (pairs are computed in it), 2⁻²¹ of the sum of their sizes.
inline double interaction_of(float pair, float first, float second) {
  constexpr double precision = 1.0 / (1 << 21);
  const auto a = static_cast<double>(first);
  const auto b = static_cast<double>(second);
  const double interaction = static_cast<double>(pair) - a - b;
  const double least = precision * (std::abs(static_cast<double>(pair)) + std::abs(a) + std::abs(b));
  return interaction > least || interaction < -least ? interaction : 0.0;
}

/// ε, in single precision as everything reads it, of the pairs of one gene, whose own score is `first`, with
/// others, whose own scores are `seconds`; as many into `interactions`.
void interactions_of_row(std::span<const float> pairs, float first, const float* seconds,
                         float* interactions);

/// The name of a measure in options and JSON, and its title in tables of numbers ("k_pred" is the
/// original's).
struct MeasureName {
  Measure measure;
  std::string_view name;
  std::string_view column;
};

inline constexpr std::array measure_names{
    MeasureName{{Score::impact, false}, "impact", "k_pred"},
    MeasureName{{Score::impact_sd, false}, "impact-sd", "k_pred_sd"},
    MeasureName{{Score::network, false}, "network", "network"},
    MeasureName{{Score::network_sd, false}, "network-sd", "network_sd"},
    MeasureName{{Score::impact, true}, "interaction", "interaction"},
    MeasureName{{Score::network, true}, "network-interaction", "network_interaction"},
    MeasureName{{Score::share, false}, "share", "share"},
    MeasureName{{Score::shift, false}, "shift", "shift"},
    MeasureName{{Score::shift_sd, false}, "shift-sd", "shift_sd"},
    MeasureName{{Score::shift, true}, "shift-interaction", "shift_interaction"},
    MeasureName{{Score::approach, false}, "approach", "approach"},
    MeasureName{{Score::approach_sd, false}, "approach-sd", "approach_sd"}};

/// The measure is one of those named above.
constexpr const MeasureName& name_of(const Measure& measure) {
  return *std::find_if(measure_names.begin(), measure_names.end(),
                       [&](const MeasureName& name) { return name.measure == measure; });
}

/// The same for columns and groups of files: "network_interaction".
std::string column_name(const Measure& measure);

}  // namespace dko
