#include "dko/mapping/intact_cell.hpp"

namespace dko {

IntactCell intact_cell(const RelativeProfiles& profiles, std::int64_t cell) {
  return {profiles.expressed(cell), profiles.values(cell), profiles.total(cell), profiles.covariates(cell)};
}

}  // namespace dko
