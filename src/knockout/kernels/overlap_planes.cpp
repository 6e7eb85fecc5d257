#include "overlap_planes.hpp"

#include "pair_precision.hpp"
#include "sparse_block.hpp"

namespace dko {

double OverlapPlanes::bytes(std::int64_t genes) {
  return 2 * sizeof(float) * static_cast<double>(genes) * static_cast<double>(round_up(genes, second_lanes));
}

void OverlapPlanes::clear(std::int64_t genes) {
  stride_ = round_up(genes, second_lanes);
  effects_.assign(genes * stride_, 0);
  after_.assign(genes * stride_, beyond);
}

}  // namespace dko
