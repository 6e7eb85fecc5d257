#pragma once
// Carrying out a screen on all ranks, as run and screen do it.

#include <optional>
#include <span>

#include "dko/base/output_file.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/results/model_notes.hpp"
#include "dko/workflow/job.hpp"
#include "dko/workflow/rank_seconds.hpp"
#include "dko/workflow/stop_request.hpp"

namespace dko {

/// Where the time of a screen goes: on each rank the parts come to the whole.
struct PhaseTimes {
  RankSeconds opening;  ///< making the file, or finding out what is left to do in it
  RankSeconds loading;  ///< cells into the kernel
  RankSeconds scoring;
  RankSeconds writing;
  RankSeconds waiting;  ///< for the other ranks
  RankSeconds closing;  ///< the file, until all is on the disk; and putting selected pairs into it
};

struct ScreenCounts {
  Base base = Base::fitted;  ///< of the plan
  EventCounts events;        ///< of the plan
  std::int64_t resumed = 0;  ///< of them, what was there before
  double seconds = 0;
  RankSeconds of_ranks;  ///< that each spent in its share, its writes included
  PhaseTimes parts;
  std::optional<std::int64_t> kept;  ///< of the pairs, where some are selected
};

/// What a screen file says beside the scores.
struct ScreenNotes {
  ModelNotes model;
  std::optional<double> training_seconds;
};

/// Screens on all ranks, or what is left to do in a file that is resumed, and gives the file its name.
/// All but `output` and `notes` is the same on every rank. Collective.
/// @throws CollectiveFailure with exit code 5 if all ranks were stopped; what was scored is in the file,
/// which is kept under the name it has while it is not finished
ScreenCounts run_screen(const ScreenPlan& plan, const RelativeProfiles& profiles,
                        std::span<const CollapsedMapping> members, AtRoot<OutputFile>& output,
                        const AtRoot<ScreenNotes>& notes, const StopRequest& stop, Job& job);

}  // namespace dko
