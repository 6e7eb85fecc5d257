#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/mapping/mapping.hpp"
#include "dko/parallel/communicator.hpp"
#include "product_block.hpp"

namespace dko {

/// A = W2·W1 of some genes in panels that the innermost loops take (product_block.hpp), element by element in
/// the order of sum_order.hpp. Shared by this room's sources only.
class PackedProduct {
 public:
  /// Takes the elements with both row and column among `genes`, which ascend. The shape has the common order.
  PackedProduct(const MappingShape& shape, std::span<const std::int32_t> genes,
                const ProductFunctions& functions);
  PackedProduct(const PackedProduct&) = delete;  // tiles point into its lists
  PackedProduct& operator=(const PackedProduct&) = delete;

  std::int64_t tiles() const { return std::ssize(tiles_); }
  /// The tiles of one of `ranks` ranks, which cost about as much as those of any other.
  RankShare share(int rank, int ranks) const;
  /// Tiles [first, last) into the whole of A, column by column. Local.
  void multiply(const MappingWeights& weights, RankShare tiles, std::span<double> a,
                const ProgressCallback& progress) const;

 private:
  /// Rows and columns whose sums are made alike, as places in the lists below.
  struct Tile {
    std::span<const std::int32_t> rows;
    std::span<const std::int32_t> columns;
    std::int64_t ways;
  };
  void add_tiles(std::span<const std::int32_t> columns, bool is_tail);

  const ProductFunctions& functions_;
  std::array<std::vector<std::int32_t>, 3> rows_;  // with 1, 2 and 4 sums that take turns
  std::vector<std::int32_t> columns_;
  std::vector<Tile> tiles_;  // columns first
};

/// Bytes that it takes on each rank.
double packed_product_bytes(const MappingShape& shape);

}  // namespace dko
