#include "dko/knockout/sharding/cost.hpp"

#include <algorithm>

namespace dko {

namespace {

constexpr double units_per_second = 1e10;

std::int64_t in_units(double seconds) {
  return static_cast<std::int64_t>(seconds * units_per_second);
}

/// The non-zeros of the columns of all expressed genes; of these n/N fall on rows of the cell, unless few
/// genes are expressed together more often than that.
CellWork sparse_work(const SparseMapping& mapping, std::span<const std::int32_t> expressed) {
  std::int64_t entries = 0;
  for (const std::int32_t gene : expressed) entries += std::ssize(mapping.loss_column(gene).genes);
  const auto genes = static_cast<double>(mapping.genes());
  const double within = static_cast<double>(entries) * static_cast<double>(expressed.size()) / genes;
  const double of_column = within / static_cast<double>(std::max<std::size_t>(1, expressed.size()));
  return {2 * of_column, static_cast<double>(entries) + genes};
}

}  // namespace

// dko bench kernel --fit, on one core of two with AVX-512; the sparse mapping had 32 effects a gene. Pairs of
// the kernels since take 0.4 to 0.7 of it with AVX2.
const CostModel dense_costs{.pair_base = 7.2e-9,
                            .pair_each = 0.029e-9,
                            .single_base = 0,
                            .single_each = 2.2e-9,
                            .listed_base = 0,
                            .listed_each = 3.1e-9,
                            .load_each = 2.6e-9};
const CostModel sparse_costs{.pair_base = 8.6e-9,
                             .pair_each = 0.1e-9,
                             .single_base = 39e-9,
                             .single_each = 2.8e-9,
                             .listed_base = 24e-9,
                             .listed_each = 11.5e-9,
                             .load_each = 4.7e-9};

CellCosts cell_costs(const CostModel& model, const CellWork& work) {
  return {std::max<std::int64_t>(1, in_units(model.pair(work))),
          std::max<std::int64_t>(1, in_units(model.single(work))),
          std::max<std::int64_t>(1, in_units(model.listed(work))), in_units(model.load(work))};
}

CellWork dense_work(std::int64_t expressed) {
  const auto n = static_cast<double>(expressed);
  return {n, n * n};
}

CellWork cell_work(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed) {
  if (mapping.sparse() != nullptr) return sparse_work(*mapping.sparse(), expressed);
  return dense_work(std::ssize(expressed));
}

std::vector<CellCosts> cell_costs(const ExpressionMatrix& matrix, std::span<const CollapsedMapping> members) {
  std::vector<CellCosts> costs;
  costs.reserve(static_cast<std::size_t>(matrix.cells()));
  const CostModel& model = members.front().sparse() != nullptr ? sparse_costs : dense_costs;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    CellWork mean;
    for (const CollapsedMapping& member : members) {
      const CellWork work = cell_work(member, matrix.expressed(cell));
      mean.of_event += work.of_event / static_cast<double>(members.size());
      mean.to_load += work.to_load / static_cast<double>(members.size());
    }
    costs.push_back(cell_costs(model, mean));
  }
  return costs;
}

}  // namespace dko
