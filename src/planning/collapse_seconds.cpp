#include "collapse_seconds.hpp"

#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

double seconds_to_collapse(const MappingShape& shape, std::int64_t genes, const JobSize& size) {
  constexpr double operations_a_second = 43e9;  // of a core, in double precision
  const double part = static_cast<double>(genes) / static_cast<double>(shape.genes);
  return part * part * CollapsedMapping::operations_to_compute(shape) /
         (operations_a_second * size.core_speed * static_cast<double>(size.ranks_per_node));
}

}  // namespace dko
