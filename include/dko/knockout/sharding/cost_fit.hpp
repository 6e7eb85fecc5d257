#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/sharding/cost.hpp"

namespace dko {

/// What one member's kernel needs in a cell, in seconds each.
struct KernelTiming {
  std::int64_t expressed = 0;  ///< genes of the cell, n
  CellWork work;
  double load = 0;
  double single = 0;
  double pair = 0;
  double listed = 0;  ///< of a listed knockout of two genes
};

/// Times the mapping's kernel in a cell that expresses these genes (ascending, more than 2): of each call the
/// quickest of `repeats`, each of which takes `seconds` or a little more. Local.
KernelTiming time_kernel(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
                         std::int64_t repeats, double seconds);

/// The same in random cells of as many expressed genes each, all more than 2 and the mapping's genes at most.
/// Local.
std::vector<KernelTiming> time_cells(const CollapsedMapping& mapping, std::span<const std::int64_t> expressed,
                                     std::uint64_t seed, std::int64_t repeats, double seconds);

/// The model that fits the timings: lines by least squares of the relative error, with no coefficient below
/// 0; of loading the geometric mean of the times per number. At least two timings of different work. Local.
CostModel fit_costs(std::span<const KernelTiming> timings);

}  // namespace dko
