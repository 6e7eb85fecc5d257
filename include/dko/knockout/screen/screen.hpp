#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dko/base/pause.hpp"
#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/knockout/screen/pair_selection.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

/// The arrays of scores that a screen fills, each numbered by its own events: singles as in
/// KnockoutTargets, pairs as in PairIndex, the list as it comes.
enum class ScoreArray { singles, pairs, list };
inline constexpr std::array every_array{ScoreArray::singles, ScoreArray::pairs, ScoreArray::list};

/// Consecutive events that a screen collects, about, before it hands their scores on.
inline constexpr std::size_t scores_per_write = std::size_t{1} << 20;

/// Takes the scores of a screen. Called by one rank for its own ranges of events, in large contiguous
/// pieces; different ranks never write the same event.
class ScoreSink {
 public:
  virtual ~ScoreSink() = default;
  /// All wanted scores of consecutive events of an array, from number `first` on: whole blocks of the
  /// array's work. Local.
  virtual void write(ScoreArray array, std::int64_t first, const ScoreViews& scores) = 0;
};

struct PendingEvents;

/// What else a shard of a screen may be given.
struct ShardOptions {
  ProgressCallback progress = {};  ///< in units of cost, so that equal parts of it take equal time
  /// Takes the pairs, where the plan selects some, in place of the sink. To be finished when all
  /// shards are done.
  PairSelection* selection = nullptr;
  const PendingEvents* work = nullptr;  ///< what of the plan is to be done; null: all of it
  /// Asked now and then, between pieces of at most half a second; state is not handed on, for what
  /// is scored is.
  PauseCallback pause = {};
  std::int64_t cost_between_pauses = 10'000'000;  ///< and between reports of progress; a millisecond
  double* loading_seconds = nullptr;              ///< to which those of loading cells are added, if any
};

/// Scores shard `shard` of `shards` of the plan: of each array a part of its work that is balanced by the
/// time that the events and the loading of their cells take (cost.hpp), contiguous but where events between
/// are not to be done. The scores do not depend on the sharding, to the bit. The values of `profiles` count
/// for other bases than the fitted one. Each score is the mean over the members of an ensemble, as many as
/// the plan says (EnsembleKernel). Where the plan wants a summary of pairs they are left to screen_pair_sums.
/// Returns whether it came to its end; if it was stopped, all but the block it was at was handed on. Local:
/// shards share nothing.
bool screen_shard(const ScreenPlan& plan, const RelativeProfiles& profiles,
                  std::span<const CollapsedMapping> members, std::int64_t shard, std::int64_t shards,
                  ScoreSink& sink, const ShardOptions& options = {});

}  // namespace dko
