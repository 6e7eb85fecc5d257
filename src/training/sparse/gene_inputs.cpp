#include "gene_inputs.hpp"

#include <algorithm>
#include <utility>

namespace dko {

GeneInputs::GeneInputs(const RelativeProfiles& profiles, GeneLevels levels, const NodeGroup& group)
    : levels_(std::move(levels)), presence_(profiles, group) {
  if (levels_.any()) list_levels(profiles, group);
}

void GeneInputs::list_levels(const RelativeProfiles& profiles, const NodeGroup& group) {
  starts_.push_back(0);
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    const auto expressed = profiles.expressed(cell);
    starts_.push_back(starts_.back() + std::count_if(expressed.begin(), expressed.end(),
                                                     [&](std::int32_t gene) { return is_level(gene); }));
  }
  NodeBuffer<double> factors(group, profiles.cells());
  NodeBuffer<Level> of_cells(group, starts_.back());
  const RankShare mine = group.node.share_of(profiles.cells());
  for (std::int64_t cell = mine.first; cell < mine.last; ++cell) {
    const auto at_cell = static_cast<std::size_t>(cell);
    const auto expressed = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    const double factor =
        level_factor(levels_.scale, levels_.mean, levels_.certainty, intact_cell(profiles, cell));
    factors.values()[at_cell] = factor;
    Level* next = of_cells.values().data() + starts_[at_cell];
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      if (!is_level(expressed[at])) continue;
      const auto gene = static_cast<std::size_t>(expressed[at]);
      const double share = static_cast<double>(shares[at]) / factor;
      *next++ = {expressed[at],
                 static_cast<float>(level_input(levels_.scale[gene], levels_.mean[gene], share))};
    }
  }
  factors_ = std::move(factors).publish();
  of_cells_ = std::move(of_cells).publish();
}

float GeneInputs::level(std::int64_t cell, std::int32_t gene) const {
  const std::span<const Level> levels = levels_of(cell);
  const auto is_before = [](const Level& level, std::int32_t wanted) { return level.gene < wanted; };
  return std::lower_bound(levels.begin(), levels.end(), gene, is_before)->x;
}

void GeneInputs::add_levels(std::int64_t cell, float value, std::span<float> sums) const {
  if (!levels_.any()) return;
  for (const Level& level : levels_of(cell))
    sums[static_cast<std::size_t>(level.gene)] += value * (level.x - 1);
}

double GeneInputs::bytes(double cells, double genes, double levels) {
  return PresenceBits::bytes(cells, genes) +
         (levels > 0 ? cells * sizeof(double) + sizeof(Level) * levels : 0);
}

}  // namespace dko
