#pragma once
// The direction of a screen, found by all ranks once the mapping is there.

#include <span>
#include <vector>

#include "dko/base/output_file.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/mapping/model.hpp"
#include "dko/workflow/job.hpp"
#include "dko/workflow/screen_run.hpp"
#include "dko/workflow/stop_request.hpp"

namespace dko {

/// The decoys of every member of a sparse model, at root, which gives them up; empty where a member has none,
/// or where they are not wanted. Local.
AtRoot<std::vector<std::vector<DecoyEffects>>> take_decoys(AtRoot<Model>& model, bool is_wanted);

/// Finds the direction of the plan, if one is asked for, and the q-value of each gene's mean shift over all
/// cells of A, where the members have decoys; tells the log, with the visible ones (by `notes`) by name. By
/// each member, a gene's q-value is the greater of two false discovery rates (shift_statistics.hpp): of its
/// statistic against that of the decoys, and, after Benjamini and Hochberg, of the chance that B differs from
/// A along its effects by sampling alone; of several members the median, of an even number the greater of the
/// middle two. Shows progress. A screen that is resumed has it in its file, from which it is read.
/// Collective.
/// @throws CollectiveFailure where there is no direction from A to B, or the file is of another screen or
/// corrupt; with exit code 5 where the job is to stop
void set_direction(ScreenPlan& plan, const RelativeProfiles& profiles,
                   std::span<const CollapsedMapping> members,
                   AtRoot<std::vector<std::vector<DecoyEffects>>> decoys, const AtRoot<ScreenNotes>& notes,
                   const AtRoot<OutputFile>& output, const StopRequest& stop, Job& job);

}  // namespace dko
