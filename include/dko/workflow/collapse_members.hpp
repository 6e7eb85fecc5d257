#pragma once

#include <vector>

#include "dko/mapping/model.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// What a screen needs of the members of rank 0, once per node, computed by all ranks; says so in the log.
/// The argument is significant only at root. Collective.
std::vector<CollapsedMapping> collapse_members(std::vector<Member> on_root, Job& job);

}  // namespace dko
