#pragma once
// The scores that a screen or a model gives to the events of a truth table.

#include <span>
#include <vector>

#include "dko/evaluation/truth_table.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/score/measure.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/node_array.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// One value per event of a table.
struct MeasuredEvents {
  Measure measure;
  std::vector<double> values;
};

struct EventScores {
  std::vector<bool> found;  ///< whether the event was scored; its values count only then
  std::vector<MeasuredEvents> measures;
};

/// What a screen has of these events, by every measure that it has of them but standard deviations and
/// shares: they say nothing of the size of an effect. Local.
/// @throws InputError if it has knockouts, or activations, of as many genes nowhere.
EventScores scores_in_screen(const ScreenReader& screen, const TruthTable& truth);

/// Scores the events of the table on all ranks, by every measure but those, as means over the members.
/// Collective.
AtRoot<EventScores> scores_by_model(std::span<const CollapsedMapping> members,
                                    const RelativeProfiles& profiles, const AtRoot<TruthTable>& truth,
                                    Base base, const NodeGroup& nodes);

}  // namespace dko
