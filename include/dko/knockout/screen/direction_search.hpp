#pragma once
// find_direction() for jobs: cells in a loop that may be stopped, and what it takes.

#include <cstdint>
#include <span>

#include "dko/knockout/screen/cell_loop.hpp"
#include "dko/knockout/screen/from_to.hpp"
#include "dko/knockout/sharding/cost.hpp"

namespace dko {

/// As find_direction(), with `loop` to go through the cells. Collective. @throws also what the loop throws
Direction find_direction(const FromTo& from_to, const RelativeProfiles& profiles,
                         std::span<const CollapsedMapping> members, Base base, const Communicator& ranks,
                         const CellLoop& loop);

/// Cells that this passes over, A's and B's. Local.
std::int64_t direction_cells(const FromTo& from_to);

/// Seconds that it takes one core and one member, by what cells cost (one entry a cell of the data). Local.
double direction_seconds(const FromTo& from_to, std::span<const CellCosts> costs);

}  // namespace dko
