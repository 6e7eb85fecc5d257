#include "cells_of_genes.hpp"

#include <numeric>

namespace dko {

CellsOfGenes::CellsOfGenes(const ExpressionMatrix& matrix, const NodeGroup& nodes)
    : cell_starts_{0}, starts_(static_cast<std::size_t>(matrix.genes()) + 1) {
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    cell_starts_.push_back(cell_starts_.back() + matrix.expressed_count(cell));
    for (const std::int32_t gene : matrix.expressed(cell)) ++starts_[static_cast<std::size_t>(gene) + 1];
  }
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  NodeBuffer<CellOfGene> entries(nodes, matrix.nonzeros());
  if (nodes.node.is_root()) {
    std::vector<std::int64_t> next(starts_.begin(), starts_.end() - 1);
    for (std::int32_t cell = 0; cell < matrix.cells(); ++cell) {
      std::int64_t at = start(cell);
      for (const std::int32_t gene : matrix.expressed(cell))
        entries.values()[static_cast<std::size_t>(next[static_cast<std::size_t>(gene)]++)] = {at++, cell};
    }
  }
  entries_ = std::move(entries).publish();
}

}  // namespace dko
