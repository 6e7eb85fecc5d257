#include "gene_inputs.hpp"

#include <algorithm>
#include <utility>

namespace dko {

GeneInputs::GeneInputs(const RelativeProfiles& profiles, GeneLevels levels)
    : levels_(std::move(levels)), presence_(profiles) {
  if (!levels_.any()) return;
  of_cells_.resize(static_cast<std::size_t>(profiles.cells()));
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    const auto expressed = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    factors_.push_back(
        level_factor(levels_.scale, levels_.mean, levels_.certainty, intact_cell(profiles, cell)));
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      if (!is_level(expressed[at])) continue;
      const auto gene = static_cast<std::size_t>(expressed[at]);
      const double share = static_cast<double>(shares[at]) / factors_.back();
      of_cells_[static_cast<std::size_t>(cell)].push_back(
          {expressed[at], static_cast<float>(level_input(levels_.scale[gene], levels_.mean[gene], share))});
    }
  }
}

float GeneInputs::level(std::int64_t cell, std::int32_t gene) const {
  const std::vector<Level>& levels = of_cells_[static_cast<std::size_t>(cell)];
  const auto is_before = [](const Level& level, std::int32_t wanted) { return level.gene < wanted; };
  return std::lower_bound(levels.begin(), levels.end(), gene, is_before)->x;
}

void GeneInputs::add(std::int64_t cell, float value, std::span<float> sums) const {
  presence_.add(cell, value, sums);
  if (!levels_.any()) return;
  for (const Level& level : of_cells_[static_cast<std::size_t>(cell)])
    sums[static_cast<std::size_t>(level.gene)] += value * (level.x - 1);
}

double GeneInputs::bytes(double cells, double genes, double levels) {
  constexpr double of_cell = sizeof(double) + sizeof(std::vector<Level>);
  constexpr double room = 2;  // of vectors that have grown
  return cells * genes / 8 + (levels > 0 ? cells * of_cell + room * sizeof(Level) * levels : 0);
}

}  // namespace dko
