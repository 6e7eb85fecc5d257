#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "eigen_product.hpp"
#include "packed_product.hpp"

namespace dko {

/// A = W2·W1 of some genes, by the quickest way that has the bits of Eigen's product of the shape. Every
/// element has the same bits whoever computes it, and whatever others are computed. Shared by this room's
/// sources only.
class EffectProduct {
 public:
  /// Takes the elements with both row and column among `genes`, which ascend, and perhaps others.
  EffectProduct(const MappingShape& shape, std::span<const std::int32_t> genes);

  /// Parts that ranks may share.
  std::int64_t tiles() const;
  /// The tiles of one of `ranks` ranks: each once, none where there are more ranks than tiles.
  RankShare share(int rank, int ranks) const;
  /// Tiles [first, last) into the whole of A, column by column. Local.
  void multiply(const MappingWeights& weights, RankShare tiles, std::span<double> a,
                const ProgressCallback& progress) const;

  /// Bytes that it takes on each rank.
  static double bytes(const MappingShape& shape);

 private:
  std::variant<EigenProduct, PackedProduct> product_;
};

}  // namespace dko
