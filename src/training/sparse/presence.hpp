#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"

namespace dko {

/// Presence as bits, cell by cell: whether a cell expresses a gene, at a glance. C·N/8 bytes.
class PresenceBits {
 public:
  explicit PresenceBits(const ExpressionMatrix& matrix);
  /// Cells that express nothing yet.
  PresenceBits(std::int64_t cells, std::int64_t genes);
  void set(std::int64_t cell, std::int32_t gene);

  bool has(std::int64_t cell, std::int32_t gene) const {
    return (row(cell)[static_cast<std::size_t>(gene) / bits] >> (gene % bits) & 1U) != 0;
  }
  /// Adds `value` to the sums of all genes that the cell expresses; `sums` has room for padded_genes().
  void add(std::int64_t cell, float value, std::span<float> sums) const;
  std::size_t padded_genes() const { return words_ * bits; }

 private:
  static constexpr std::size_t bits = 32;
  const std::uint32_t* row(std::int64_t cell) const {
    return words_of_cells_.data() + static_cast<std::size_t>(cell) * words_;
  }

  std::size_t words_;
  std::vector<std::uint32_t> words_of_cells_;
};

/// The cells that express a gene, and its share in each.
struct GeneCells {
  std::vector<std::int64_t> cells;
  std::vector<float> shares;
};

/// Cells of each of `genes`, among `cells` and in their order. `profiles` has relative profiles as
/// values.
std::vector<GeneCells> cells_of_genes(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                                      std::span<const std::int32_t> genes);

}  // namespace dko
