#pragma once

#include <vector>

#include "dko/mapping/collapse_for.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// What a screen needs of the members, once per node, computed by all ranks; says so in the log. With
/// `genes`, ascending, only for those (collapse_for). Collective.
std::vector<CollapsedMapping> collapse_members(AtRoot<std::vector<Member>> members, Job& job,
                                               const GenesOrAll& genes = {});

}  // namespace dko
