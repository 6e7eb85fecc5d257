#include "dko/knockout/kernels/cell_kernel.hpp"

#include <algorithm>
#include <array>

#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "pair_precision.hpp"

namespace dko {

CellKernel::Change CellKernel::change_of(std::span<const std::int32_t> positions, std::size_t expressed) {
  const auto first_added =
      std::lower_bound(positions.begin(), positions.end(), static_cast<std::int32_t>(expressed));
  const auto lost = static_cast<std::size_t>(first_added - positions.begin());
  return {positions.first(lost), positions.subspan(lost)};
}

void CellKernel::scores_one_by_one(std::span<const std::int32_t> positions, EventRange pairs,
                                   const ScoreSpans& scores) {
  const auto at = [&](std::int64_t place) { return positions[static_cast<std::size_t>(place)]; };
  PairIndex::for_each_row(
      std::ssize(positions), pairs, [&](std::int64_t first, EventRange seconds, std::int64_t to) {
        for (std::int64_t second = seconds.first; second < seconds.last; ++second)
          store_pair(this->scores(std::array{at(first), at(second)}), scores, to + second - seconds.first);
      });
}

std::unique_ptr<CellKernel> make_cell_kernel(const CollapsedMapping& mapping, InstructionSet instructions,
                                             Base base) {
  const BaseProfile profile(base, mapping.share_variances());
  if (mapping.sparse() != nullptr)
    return std::make_unique<SparseCellKernel>(*mapping.sparse(), profile, nullptr, instructions);
  return std::make_unique<DenseCellKernel>(mapping, instructions, profile);
}

}  // namespace dko
