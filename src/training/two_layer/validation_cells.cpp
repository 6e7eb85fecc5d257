#include "validation_cells.hpp"

namespace dko {

ValidationCells::ValidationCells(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells)
    : matrix_(matrix),
      cells_(cells.begin(), cells.end()),
      batches_((std::ssize(cells_) + batch_cells - 1) / batch_cells) {
  std::int64_t pairs = 0;
  for (const std::int64_t cell : cells_) pairs += matrix_.expressed_count(cell);
  stay_ = pairs <= most_pairs;
  arranged_.resize(stay_ ? static_cast<std::size_t>(batches_) : 1);
  for (std::int64_t batch = 0; stay_ && batch < batches_; ++batch)
    arranged_[static_cast<std::size_t>(batch)].arrange(matrix_, cells_of(batch));
}

/// Batches as even as can be.
std::span<const std::int64_t> ValidationCells::cells_of(std::int64_t batch) const {
  const std::int64_t first = std::ssize(cells_) * batch / batches_;
  const std::int64_t last = std::ssize(cells_) * (batch + 1) / batches_;
  return std::span(cells_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
}

void ValidationCells::for_each_batch(const std::function<void(const CellBatch&)>& work) {
  for (std::int64_t batch = 0; batch < batches_; ++batch) {
    if (!stay_) arranged_.front().arrange(matrix_, cells_of(batch));
    work(stay_ ? arranged_[static_cast<std::size_t>(batch)] : arranged_.front());
  }
}

}  // namespace dko
