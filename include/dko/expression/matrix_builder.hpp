#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// Builds a matrix from its entries in whatever order a file has them: cell by cell (CSR), gene by gene (CSC,
/// text) or neither. Memory follows the number of non-zeros: 8 bytes each while they come by cell with genes
/// ascending, as in the matrix, else 12 and 8 more while they are put in order.
class MatrixBuilder {
 public:
  /// Room for so many entries, if their number is known.
  void reserve(std::int64_t entries);
  /// X[cell, gene] += value. Zeros are left out; the value must be finite and not negative.
  void add(std::int64_t cell, std::int64_t gene, float value) {
    if (value == 0) return;
    const bool follows = cell > last_cell_ || (cell == last_cell_ && gene > last_gene_);
    if (in_order_ && !follows) keep_cells();
    if (!in_order_) cell_of_.push_back(static_cast<std::int32_t>(cell));
    last_cell_ = cell;
    last_gene_ = gene;
    count_of(cell) += 1;
    genes_.push_back(static_cast<std::int32_t>(gene));
    values_.push_back(value);
  }

  /// The same of entries of one cell: genes ascending, values above 0.
  void add_row(std::int64_t cell, std::span<const std::int32_t> genes, std::span<const float> values);

  /// What it takes until it is finished, and while entries are put in order.
  double bytes() const {
    return bytes_of_entries(std::ssize(genes_)) + 8.0 * static_cast<double>(row_starts_.size());
  }
  static constexpr double bytes_of_entries(std::int64_t entries) {
    return 20.0 * static_cast<double>(entries);
  }

  /// `gene_names` and `cell_names` name all there are, with or without entries.
  ExpressionMatrix finish(Names gene_names, Names cell_names) &&;

 private:
  std::int64_t& count_of(std::int64_t cell) {
    const auto at = static_cast<std::size_t>(cell) + 1;
    if (at >= row_starts_.size()) row_starts_.resize(at + 1, 0);
    return row_starts_[at];
  }
  void keep_cells();
  void sort_by_cell();
  void sort_within_cells();

  std::vector<std::int64_t> row_starts_{0};  // until finish: entries of the cell before each
  std::vector<std::int32_t> cell_of_;        // of each entry, once they are not in order
  std::vector<std::int32_t> genes_;
  std::vector<float> values_;
  bool in_order_ = true;
  std::int64_t last_cell_ = -1;
  std::int64_t last_gene_ = -1;
};

}  // namespace dko
