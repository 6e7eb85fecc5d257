#include "dko/knockout/events/targets.hpp"

#include <algorithm>

namespace dko {

namespace {

std::vector<bool> chosen(const std::optional<std::vector<std::int32_t>>& list, std::int64_t count) {
  std::vector<bool> flags(static_cast<std::size_t>(count), !list.has_value());
  if (list) {
    for (const std::int32_t at : *list) flags[static_cast<std::size_t>(at)] = true;
  }
  return flags;
}

/// Targets: of every chosen cell those genes that candidates(cell, add) passes to `add`, ascending, if
/// chosen. `room` is their number, where that is known.
template <class Candidates>
KnockoutTargets select(const ExpressionMatrix& matrix, const std::optional<std::vector<std::int32_t>>& genes,
                       const std::optional<std::vector<std::int32_t>>& cells, Candidates candidates,
                       std::int64_t room = 0) {
  const std::vector<bool> gene_chosen = chosen(genes, matrix.genes());
  const std::vector<bool> cell_chosen = chosen(cells, matrix.cells());
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> targets;
  targets.reserve(static_cast<std::size_t>(room));
  const auto add = [&](std::int32_t gene) {
    if (gene_chosen[static_cast<std::size_t>(gene)]) targets.push_back(gene);
  };
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    if (cell_chosen[static_cast<std::size_t>(cell)]) candidates(cell, add);
    starts.push_back(std::ssize(targets));
  }
  return {NodeArray(std::move(starts)), NodeArray(std::move(targets))};
}

}  // namespace

KnockoutTargets KnockoutTargets::replicate(const NodeGroup& group, AtRoot<KnockoutTargets> targets) {
  auto starts = share(group, targets.take(&KnockoutTargets::starts_));
  auto genes = share(group, targets.take(&KnockoutTargets::genes_));
  return {std::move(starts), std::move(genes)};
}

KnockoutTargets select_targets(const ExpressionMatrix& matrix,
                               const std::optional<std::vector<std::int32_t>>& genes,
                               const std::optional<std::vector<std::int32_t>>& cells) {
  return select(matrix, genes, cells, [&](std::int64_t cell, const auto& add) {
    if (matrix.expressed_count(cell) < 2) return;
    for (const std::int32_t gene : matrix.expressed(cell)) add(gene);
  });
}

std::int64_t count_lacking(const ExpressionMatrix& matrix,
                           const std::optional<std::vector<std::int32_t>>& genes,
                           const std::optional<std::vector<std::int32_t>>& cells) {
  const std::vector<bool> gene_chosen = chosen(genes, matrix.genes());
  const std::vector<bool> cell_chosen = chosen(cells, matrix.cells());
  const std::int64_t all = std::count(gene_chosen.begin(), gene_chosen.end(), true);
  std::int64_t count = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto expressed = matrix.expressed(cell);
    if (!cell_chosen[static_cast<std::size_t>(cell)] || expressed.empty()) continue;
    count += all - std::count_if(expressed.begin(), expressed.end(), [&](std::int32_t gene) {
               return gene_chosen[static_cast<std::size_t>(gene)];
             });
  }
  return count;
}

double lacking_bytes(const ExpressionMatrix& matrix, const std::optional<std::vector<std::int32_t>>& genes,
                     const std::optional<std::vector<std::int32_t>>& cells) {
  // Starts of cells double as they grow.
  return sizeof(std::int32_t) * static_cast<double>(count_lacking(matrix, genes, cells)) +
         3.0 * sizeof(std::int64_t) * static_cast<double>(matrix.cells() + 1);
}

KnockoutTargets select_lacking(const ExpressionMatrix& matrix,
                               const std::optional<std::vector<std::int32_t>>& genes,
                               const std::optional<std::vector<std::int32_t>>& cells) {
  const auto lacking = [&](std::int64_t cell, const auto& add) {
    const auto expressed = matrix.expressed(cell);
    if (expressed.empty()) return;
    auto next = expressed.begin();
    for (std::int32_t gene = 0; gene < matrix.genes(); ++gene) {
      if (next != expressed.end() && *next == gene)
        ++next;
      else
        add(gene);
    }
  };
  return select(matrix, genes, cells, lacking, count_lacking(matrix, genes, cells));
}

}  // namespace dko
