#pragma once

#include <vector>

#include "dko/mapping/model.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// What a screen needs of the members, once per node, computed by all ranks; says so in the log. Collective.
std::vector<CollapsedMapping> collapse_members(AtRoot<std::vector<Member>> members, Job& job);

}  // namespace dko
