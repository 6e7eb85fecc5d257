#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// A cell that expresses a gene.
struct CellOfGene {
  std::int64_t at = 0;  ///< place of this gene in this cell among all expressed genes of all cells
  std::int32_t cell = 0;
};

/// The cells of each gene, beside the genes of each cell that a matrix has. Held once per node.
class CellsOfGenes {
 public:
  static constexpr double bytes_of_entry = sizeof(CellOfGene);

  /// The matrix must outlive this. Collective.
  CellsOfGenes(const ExpressionMatrix& matrix, const NodeGroup& nodes);

  /// Ascending.
  std::span<const CellOfGene> of(std::int32_t gene) const {
    const auto first = static_cast<std::size_t>(starts_[static_cast<std::size_t>(gene)]);
    const auto last = static_cast<std::size_t>(starts_[static_cast<std::size_t>(gene) + 1]);
    return entries_.view().subspan(first, last - first);
  }
  /// Place of the first gene of a cell.
  std::int64_t start(std::int64_t cell) const { return cell_starts_[static_cast<std::size_t>(cell)]; }

 private:
  std::vector<std::int64_t> cell_starts_;
  std::vector<std::int64_t> starts_;
  NodeArray<CellOfGene> entries_;
};

}  // namespace dko
