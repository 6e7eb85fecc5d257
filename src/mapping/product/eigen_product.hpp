#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/mapping/mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// A = W2·W1 by Eigen, tile by tile. Shared by this room's sources only.
class EigenProduct {
 public:
  /// Takes the tiles that have elements of `genes`, ascending, by row and by column.
  EigenProduct(const MappingShape& shape, std::span<const std::int32_t> genes);

  std::int64_t tiles() const;
  /// The tiles of one of `ranks` ranks.
  RankShare share(int rank, int ranks) const {
    return {tiles() * rank / ranks, tiles() * (rank + 1) / ranks};
  }
  /// Tiles [first, last) into the whole of A, column by column. Local.
  void multiply(const MappingWeights& weights, RankShare tiles, std::span<double> a,
                const ProgressCallback& progress) const;

 private:
  std::int64_t genes_;
  std::vector<std::int64_t> rows_;     // first row of each tile
  std::vector<std::int64_t> columns_;  // first column, likewise
};

/// Bytes that it takes on each rank.
double eigen_product_bytes(const MappingShape& shape);

/// c = W2·b1 + b2 of some genes, into the whole of c.
void add_up_offsets(const MappingWeights& weights, RankShare genes, std::span<double> c);

}  // namespace dko
