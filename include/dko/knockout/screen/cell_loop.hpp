#pragma once
// How ranks go through cells that they share.

#include <cstdint>
#include <functional>
#include <span>

#include "dko/parallel/communicator.hpp"

namespace dko {

/// Calls `visit` for those of `cells` that are this rank's, which takes its part in turn: of four ranks the
/// second the cells 1, 5, 9, …; until one returns false. Local.
void for_own_cells(std::span<const std::int32_t> cells, const Communicator& ranks,
                   const std::function<bool(std::int32_t cell)>& visit);

/// Calls `visit` for this rank's part of the cells, as for_own_cells(). The caller that supplies a loop may
/// report progress in it, or end it on all ranks by an exception. Collective.
using CellLoop = std::function<void(std::span<const std::int32_t> cells,
                                    const std::function<void(std::int32_t cell)>& visit)>;

/// One that only does that; `ranks` must outlive it.
CellLoop plain_loop(const Communicator& ranks);

}  // namespace dko
