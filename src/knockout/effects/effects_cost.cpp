#include "dko/knockout/effects/effects_cost.hpp"

#include <numeric>
#include <vector>

namespace dko {

namespace {

// Seconds each.
constexpr double intact_each = 1e-9;
constexpr double loss_each = 10e-9;
constexpr double touched_each = 10e-9;
constexpr double profile_each = 5e-9;
constexpr double entry_each = 50e-9;

std::size_t index(std::int32_t number) {
  return static_cast<std::size_t>(number);
}

/// Σ of a number of each cell over the cells of C_g of all lost genes g.
template <class Number>
double over_losses(const ExpressionMatrix& matrix, const EffectsRequest& request, Number number) {
  std::vector<char> is_lost(static_cast<std::size_t>(matrix.genes()), 0);
  for (const std::int32_t gene : request.lost) is_lost[index(gene)] = 1;
  double sum = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    if (matrix.expressed_count(cell) < 2) continue;
    std::int64_t lost = 0;
    for (const std::int32_t gene : matrix.expressed(cell)) lost += is_lost[index(gene)];
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
      work.of_touched += static_cast<double>(cells_of_genes[index(touched)]);
}

}  // namespace

EffectsWork effects_work(const ExpressionMatrix& matrix, const EffectsRequest& request,
                         std::span<const SparseMapping* const> sparse, std::int64_t members) {
  const auto count = static_cast<double>(members);
  const auto expressed = [&](std::int64_t cell) {
    return static_cast<double>(matrix.expressed_count(cell));
  };
  EffectsWork work;
  work.of_losses = count * over_losses(matrix, request, [](std::int64_t) { return 1.0; });
  if (sparse.empty() || request.with_untouched)
    work.of_profiles = count * over_losses(matrix, request, expressed);
  if (sparse.empty()) {
    for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
      work.of_intact += count * expressed(cell) * expressed(cell);
    return work;
  }
  work.of_losses *= 1 + static_cast<double>(request.sets.size());
  std::vector<std::int64_t> cells(static_cast<std::size_t>(matrix.cells()));
  std::iota(cells.begin(), cells.end(), std::int64_t{0});
  const std::vector<std::int64_t> cells_of_genes = matrix.cells_per_gene(cells);
  for (const SparseMapping* mapping : sparse) add_sparse(*mapping, cells_of_genes, request, work);
  return work;
}

EffectsSeconds effects_seconds(const EffectsWork& work, double entries, const EffectsRequest& request) {
  const double groups = request.labels > 0 ? 2 : 1;  // a cell is in all, and in one of the others
  return {work.of_intact * intact_each,
          loss_each * work.of_losses + touched_each * work.of_touched + groups * profile_each * work.of_profiles,
          entry_each * entries * static_cast<double>(request.groups())};
}

}  // namespace dko
