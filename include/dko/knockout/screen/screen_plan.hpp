#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/expression/obs_columns.hpp"
#include "dko/knockout/events/event_list.hpp"
#include "dko/knockout/events/targets.hpp"
#include "dko/knockout/score/direction.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/knockout/screen/from_to.hpp"
#include "dko/knockout/screen/pair_keeping.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko {

/// What a screen scores, and by what.
struct ScreenPlan {
  KnockoutTargets targets;
  ScoreSet singles;  ///< every single knockout of the targets; not scored if none is wanted; alone may have
                     ///< the share
  ScoreSet doubles;  ///< every double knockout of the targets, likewise
  std::optional<EventList> list;
  ScoreSet listed = both_scores;  ///< of the events of `list`, if there is one
  std::int64_t members = 1;       ///< mappings to score by; only several have standard deviations
  InstructionSet instructions = best_instruction_set();  ///< of the pair kernel
  Base base = Base::fitted;                              ///< what the change is measured on
  PairKeeping keeping = {};  ///< of the double knockouts: how much of them is stored
  ObsColumns obs = {};       ///< columns of the cells that the file keeps; of a replicated plan, at root only
  std::optional<FromTo> from_to = {};  ///< what shift and approach are along; needed where they are wanted
  /// The same as profiles, once the mapping is there (find_direction): before anything is scored.
  std::optional<Direction> direction = {};

  /// Whether the targets are genes that the cells lack, to be switched on; then a sampled list is of such,
  /// too.
  bool activates = false;
  /// F, the part of its presence that a lost gene keeps (CellKernel); 0 where genes are switched on.
  double presence = 0;

  /// Q-values of each gene's mean shift over A (shift_statistics.hpp); empty: not known.
  std::vector<double> shift_q_values = {};

  const Direction* along() const { return direction ? &*direction : nullptr; }

  /// Whether any event switches genes on.
  bool adds_genes() const { return activates || (list && list->has_added()); }

  /// Whether decoys' effects are compared with those of the genes: q-values are of the loss of genes.
  bool compares_decoys() const { return from_to.has_value() && !activates; }

  bool stores_all_pairs() const { return doubles.any() && keeping.form == PairKeeping::Form::all; }

  bool stores_summary() const { return doubles.any() && keeping.form == PairKeeping::Form::summary; }

  /// The plan, its arrays held once per node. Instructions become the widest that all ranks have, and the
  /// plan allows. Collective.
  static ScreenPlan replicate(const NodeGroup& group, AtRoot<ScreenPlan> plan);
};

/// How many knockouts a plan has.
struct EventCounts {
  std::int64_t singles = 0;
  std::int64_t pairs = 0;
  std::int64_t listed = 0;

  std::int64_t total() const { return singles + pairs + listed; }
};
EventCounts count_events(const ExpressionMatrix& matrix, const ScreenPlan& plan);

}  // namespace dko
