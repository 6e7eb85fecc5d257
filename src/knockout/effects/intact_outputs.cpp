#include "intact_outputs.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

/// u = A z over the expressed genes.
std::vector<double> linear_outputs(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed) {
  std::vector<double> sums(expressed.size(), 0.0);
  for (const std::int32_t present : expressed) {
    const std::span<const double> column = mapping.column(present);
    for (std::size_t at = 0; at < expressed.size(); ++at)
      sums[at] += column[static_cast<std::size_t>(expressed[at])];
  }
  return sums;
}

/// The sizes of the outputs, before they are rescaled.
std::vector<double> sizes_of(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
                             std::span<const double> linear) {
  const bool is_sparse = mapping.sparse() != nullptr;
  const auto count = static_cast<double>(expressed.size());
  std::vector<double> sizes;
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    const auto gene = static_cast<std::size_t>(expressed[at]);
    sizes.push_back(is_sparse ? std::max(linear[at], mapping.sparse()->floor()[gene])
                              : std::abs(linear[at] / count + mapping.offset()[gene]));
  }
  return sizes;
}

}  // namespace

IntactOutputs intact_outputs(const RelativeProfiles& profiles, const CellsOfGenes& places,
                             const CollapsedMapping& mapping, Base base, const NodeGroup& nodes) {
  NodeBuffer<double> linear(nodes, profiles.nonzeros());
  NodeBuffer<double> ratio(nodes, profiles.nonzeros());
  const bool has_levels = mapping.sparse() != nullptr && mapping.sparse()->has_levels();
  NodeBuffer<double> input(nodes, has_levels ? profiles.nonzeros() : 0);
  NodeBuffer<double> output(nodes, profiles.nonzeros());
  NodeBuffer<double> total(nodes, profiles.cells());
  const BaseProfile rescaling(base, mapping.share_variances());
  for (std::int64_t cell = nodes.node.rank(); cell < profiles.cells(); cell += nodes.node.size()) {
    const IntactCell intact = intact_cell(profiles, cell);
    const std::vector<double> sums = mapping.sparse() != nullptr ? mapping.sparse()->raw_outputs(intact)
                                                                 : linear_outputs(mapping, intact.expressed);
    const std::vector<double> sizes = sizes_of(mapping, intact.expressed, sums);
    const std::vector<double> ratios = rescaling.ratios(intact, sizes);
    const auto first = static_cast<std::size_t>(places.start(cell));
    if (has_levels)
      std::ranges::copy(mapping.sparse()->inputs(intact), input.values().begin() + places.start(cell));
    double sum = 0;
    for (std::size_t at = 0; at < sums.size(); ++at) {
      linear.values()[first + at] = sums[at];
      ratio.values()[first + at] = ratios[at];
      output.values()[first + at] = sizes[at] * ratios[at];
      sum += sizes[at] * ratios[at];
    }
    total.values()[static_cast<std::size_t>(cell)] = sum;
  }
  return {std::move(linear).publish(), std::move(ratio).publish(), std::move(input).publish(),
          std::move(output).publish(), std::move(total).publish()};
}

}  // namespace dko
