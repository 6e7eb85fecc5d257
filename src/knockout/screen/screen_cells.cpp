#include "dko/knockout/screen/screen_cells.hpp"

#include <algorithm>
#include <iterator>

namespace dko {

ScreenCells::ScreenCells(const ScreenPlan& plan, const RelativeProfiles& profiles)
    : plan_(plan), profiles_(profiles) {
  if (plan.list) added_ = plan.list->genes_added();
}

KernelCell ScreenCells::of_targets(std::int64_t cell) const {
  KernelCell intact(intact_cell(profiles_, cell));
  if (plan_.activates) intact.absent = plan_.targets.of(cell);
  return intact;
}

KernelCell ScreenCells::of_list(std::int64_t cell) {
  if (plan_.activates) return of_targets(cell);
  KernelCell intact(intact_cell(profiles_, cell));
  absent_.clear();
  std::set_difference(added_.begin(), added_.end(), intact.expressed.begin(), intact.expressed.end(),
                      std::back_inserter(absent_));
  intact.absent = absent_;
  return intact;
}

}  // namespace dko
