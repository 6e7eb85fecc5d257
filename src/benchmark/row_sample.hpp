#pragma once

#include <cstdint>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/kernels/dense_cell_kernel.hpp"

namespace dko {

/// Rows of a panel: those that the dense kernel keeps in a cache.
inline constexpr std::int64_t panel_rows = DenseCellKernel::panel_rows;

/// Ranges of the pairs of n genes, each of a whole panel of rows, evenly spread over the triangle and
/// ascending: of at most `most` pairs and one panel in all. One range of all pairs if they are no more than
/// `most`. Local.
std::vector<EventRange> sample_of_rows(std::int64_t n, std::int64_t most);

}  // namespace dko
