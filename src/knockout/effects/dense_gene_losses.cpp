#include "dense_gene_losses.hpp"

#include <cmath>

#include "dko/base/numbers.hpp"

namespace dko {

namespace {

/// 1/sum; 0 where a profile is nothing.
double inverse(double sum) {
  constexpr double least_sum = 1e-300;
  return sum > least_sum ? 1 / sum : 0;
}

}  // namespace

DenseGeneLosses::DenseGeneLosses(const EffectsInput& input)
    : input_(input), sums_(input.request, input.members.size()) {}

/// b' = r|o'|/Σ r|o'| with o' = (u − A_g)/(n−1) + c, and what rescaling gives.
void DenseGeneLosses::add_cell(std::size_t member, const CellOfGene& losing, std::int32_t lost) {
  const CollapsedMapping& mapping = input_.members[member];
  const IntactOutputs& intact = input_.intact[member];
  const std::span<const double> column = mapping.column(lost);
  const std::span<const double> offset = mapping.offset();
  const auto expressed = input_.profiles.expressed(losing.cell);
  const auto first = static_cast<std::size_t>(input_.places.start(losing.cell));
  const auto linear = intact.linear.view().subspan(first, expressed.size());
  const auto ratio = intact.ratio.view().subspan(first, expressed.size());
  const auto before = intact.output.view().subspan(first, expressed.size());
  const std::size_t position = static_cast<std::size_t>(losing.at) - first;
  const double scale = 1 / static_cast<double>(expressed.size() - 1);
  outputs_.resize(expressed.size());
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    const auto gene = static_cast<std::size_t>(expressed[at]);
    outputs_[at] = std::abs((linear[at] - column[gene]) * scale + offset[gene]) * ratio[at];
  }
  outputs_[position] = 0;
  double total = 0;
  double rest = 0;
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    total += outputs_[at];
    rest += at == position ? 0 : before[at];
  }
  sums_.add_cell_of_all(member, losing.cell, expressed, {outputs_, inverse(total)}, {before, inverse(rest)});
}

EffectRow DenseGeneLosses::row(std::int32_t lost) {
  auto genes = numbers_below<std::int32_t>(input_.profiles.genes());
  sums_.begin(lost, std::move(genes));
  for (const CellOfGene& losing : input_.places.of(lost)) {
    const auto expressed = input_.profiles.expressed(losing.cell);
    if (expressed.size() < 2) continue;
    sums_.add_cell(losing.cell);
    sums_.add_both_of_all(losing.cell, expressed);
    for (std::size_t member = 0; member < input_.members.size(); ++member) add_cell(member, losing, lost);
  }
  sums_.add_up_sets();
  return sums_.finish();
}

}  // namespace dko
