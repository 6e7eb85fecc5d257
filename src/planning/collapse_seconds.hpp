#pragma once
// Shared by this room's sources only.

#include <cstdint>

#include "dko/mapping/mapping.hpp"
#include "dko/planning/estimate.hpp"

namespace dko {

/// Time of computing A of a dense member, on a node, for `genes` of the genes, those that are lost. Local.
double seconds_to_collapse(const MappingShape& shape, std::int64_t genes, const JobSize& size);

}  // namespace dko
