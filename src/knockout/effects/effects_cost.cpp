#include "dko/knockout/effects/effects_cost.hpp"

#include <vector>

#include "dko/base/numbers.hpp"

namespace dko {

namespace {

// Seconds each.
constexpr double intact_each = 2.6e-9;
constexpr double loss_each = 20e-9;
constexpr double touched_each = 16e-9;
constexpr double profile_each = 10e-9;
constexpr double untouched_each = 5e-9;
constexpr double entry_each = 70e-9;
constexpr double table_each = 15e-9;
constexpr double intact_of_gene = 30;  // numbers, of a sparse mapping in a cell

/// Σ of a number of each cell over the cells of C_g of all lost genes g.
template <class Number>
double over_losses(const ExpressionMatrix& matrix, const EffectsRequest& request, Number number) {
  std::vector<char> is_lost(static_cast<std::size_t>(matrix.genes()), 0);
  for (const std::int32_t gene : request.lost) is_lost[static_cast<std::size_t>(gene)] = 1;
  double sum = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    if (matrix.expressed_count(cell) < 2) continue;
    std::int64_t lost = 0;
    for (const std::int32_t gene : matrix.expressed(cell)) lost += is_lost[static_cast<std::size_t>(gene)];
    sum += static_cast<double>(lost) * number(cell);
  }
  return sum;
}

/// Non-zeros of the columns of all expressed genes, and the cells of touched genes.
void add_sparse(const SparseMapping& mapping, std::span<const std::int64_t> cells_of_genes,
                const EffectsRequest& request, EffectsWork& work) {
  for (std::size_t gene = 0; gene < cells_of_genes.size(); ++gene)
    work.of_intact += static_cast<double>(cells_of_genes[gene]) *
                      static_cast<double>(mapping.loss_column(static_cast<std::int64_t>(gene)).genes.size());
  for (const std::int32_t lost : request.lost)
    for (const std::int32_t touched : mapping.loss_column(lost).genes)
      work.of_touched += static_cast<double>(cells_of_genes[static_cast<std::size_t>(touched)]);
}

}  // namespace

EffectsWork effects_work(const ExpressionMatrix& matrix, const EffectsRequest& request,
                         std::span<const SparseMapping* const> sparse, std::int64_t members) {
  const auto count = static_cast<double>(members);
  const auto expressed = [&](std::int64_t cell) { return static_cast<double>(matrix.expressed_count(cell)); };
  EffectsWork work;
  work.of_losses = count * over_losses(matrix, request, [](std::int64_t) { return 1.0; });
  if (sparse.empty()) {
    work.of_profiles = count * over_losses(matrix, request, expressed);
    for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
      work.of_intact += count * expressed(cell) * expressed(cell);
    return work;
  }
  if (request.with_untouched) work.of_untouched = count * over_losses(matrix, request, expressed);
  work.of_intact = count * intact_of_gene * static_cast<double>(matrix.nonzeros());
  work.of_losses *= 1 + static_cast<double>(request.sets.size());
  const auto cells = numbers_below<std::int64_t>(matrix.cells());
  const std::vector<std::int64_t> cells_of_genes = matrix.cells_per_gene(cells);
  for (const SparseMapping* mapping : sparse) add_sparse(*mapping, cells_of_genes, request, work);
  return work;
}

EffectsSeconds effects_seconds(const EffectsWork& work, double entries, const EffectsRequest& request) {
  const double groups = request.labels > 0 ? 2 : 1;  // a cell is in all, and in one of the others
  const double of_rows = loss_each * work.of_losses + touched_each * work.of_touched +
                         groups * (profile_each * work.of_profiles + untouched_each * work.of_untouched);
  const double numbers = entries * static_cast<double>(request.groups());
  return {intact_each * work.of_intact, of_rows + entry_each * numbers, table_each * numbers};
}

}  // namespace dko
