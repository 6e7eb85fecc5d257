#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "cell_batch.hpp"

namespace dko {

/// Cells that are taken through the mapping again and again, in batches that bound the activations.
class ValidationCells {
 public:
  /// Cells that are at hand at once.
  static constexpr std::int64_t batch_cells = 64;
  /// Batches stay arranged if they have so many pairs in all; more are arranged anew each time.
  static constexpr std::int64_t most_pairs = std::int64_t{1} << 22;

  ValidationCells(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells);

  /// Calls `work` with every batch, in order. Local.
  void for_each_batch(const std::function<void(const CellBatch&)>& work);

 private:
  std::span<const std::int64_t> cells_of(std::int64_t batch) const;

  const ExpressionMatrix& matrix_;
  std::vector<std::int64_t> cells_;
  std::int64_t batches_ = 0;
  bool stay_ = false;
  std::vector<CellBatch> arranged_;  // all, or the one at hand
};

}  // namespace dko
