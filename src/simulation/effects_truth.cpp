#include "dko/simulation/effects_truth.hpp"

#include <algorithm>
#include <cmath>

#include "dko/simulation/steady_state.hpp"

namespace dko {

namespace {

constexpr double least_unit = 1.0 / 4294967296.0;  // what the solver cannot tell from no change is below it
constexpr double most_change = 10000;

/// In which the sum of as many changes is no larger than an integer can be.
double unit_of(std::int64_t cells) {
  constexpr double most = 9e18;
  double unit = least_unit;
  while (static_cast<double>(cells) * most_change / unit > most) unit *= 2;
  return unit;
}

void add_changes(std::int64_t lost, const std::vector<double>& before, const std::vector<double>& after,
                 EffectSums& sums) {
  for (std::int64_t gene = 0; gene < sums.genes; ++gene) {
    const auto at = static_cast<std::size_t>(gene);
    if (gene == lost || !(before[at] > 0)) continue;
    const double change = std::min((after[at] - before[at]) / before[at], most_change);
    const auto entry = static_cast<std::size_t>(lost * sums.genes + gene);
    sums.change[entry] += std::llround(change / sums.unit);
    ++sums.cells[entry];
  }
}

}  // namespace

EffectSums::EffectSums(std::int64_t of_genes, std::int64_t all_cells)
    : genes(of_genes),
      unit(unit_of(all_cells)),
      change(static_cast<std::size_t>(of_genes * of_genes)),
      cells(static_cast<std::size_t>(of_genes * of_genes)) {}

std::optional<double> EffectSums::mean(std::int64_t lost, std::int64_t gene) const {
  const auto entry = static_cast<std::size_t>(lost * genes + gene);
  if (cells[entry] == 0) return std::nullopt;
  return static_cast<double>(change[entry]) * unit / static_cast<double>(cells[entry]);
}

std::int64_t add_effects(const RegulatoryDynamics& dynamics, const SimulatedCell& cell, EffectSums& sums) {
  std::int64_t unsettled = 0;
  for (std::int64_t lost = 0; lost < sums.genes; ++lost) {
    const auto at = static_cast<std::size_t>(lost);
    if (!(cell.levels[at] > 0)) continue;
    std::vector<bool> absent = cell.nature.absent;
    absent[at] = true;
    const auto settled = resettled(dynamics, absent, cell.levels, cell.nature.rates);
    if (settled)
      add_changes(lost, cell.levels, *settled, sums);
    else
      ++unsettled;
  }
  return unsettled;
}

}  // namespace dko
