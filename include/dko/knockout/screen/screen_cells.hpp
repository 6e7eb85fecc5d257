#pragma once
// Cells as the kernels take them for the events of a screen. All calls are local.

#include <cstdint>
#include <vector>

#include "dko/knockout/kernels/cell_kernel.hpp"
#include "dko/knockout/screen/screen_plan.hpp"

namespace dko {

/// The cells of a screen with those of the genes they lack that its events switch on.
class ScreenCells {
 public:
  /// Both must outlive this.
  ScreenCells(const ScreenPlan& plan, const RelativeProfiles& profiles);

  /// For single and double events of the plan.
  KernelCell of_targets(std::int64_t cell) const;

  /// For the events of its list. What it holds is that of the last call.
  KernelCell of_list(std::int64_t cell);

 private:
  const ScreenPlan& plan_;
  const RelativeProfiles& profiles_;
  std::vector<std::int32_t> added_;   // by any event of the list
  std::vector<std::int32_t> absent_;  // of these, what the cell at hand lacks
};

}  // namespace dko
