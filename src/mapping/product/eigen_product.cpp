#include "eigen_product.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>

namespace dko {

namespace {

/// Weights are widened to double this many genes at a time: no second copy of N×N. W2 is widened anew for
/// every tile: wide tiles let that count less.
constexpr std::int64_t tile_columns = 1024;
constexpr std::int64_t tile_rows = 256;

/// Weights of `count` genes in double precision, into `block`, which keeps its memory from one to the next.
void widen(std::span<const float> weights, std::int64_t hidden, std::int64_t first, std::int64_t count,
           Eigen::MatrixXd& block) {
  block = Eigen::Map<const Eigen::MatrixXf>(weights.data() + first * hidden, hidden, count).cast<double>();
}

/// First genes of the parts that have any of `genes`.
std::vector<std::int64_t> parts_with(std::span<const std::int32_t> genes, std::int64_t part) {
  std::vector<std::int64_t> firsts;
  for (const std::int32_t gene : genes) {
    const std::int64_t first = gene / part * part;
    if (firsts.empty() || firsts.back() != first) firsts.push_back(first);
  }
  return firsts;
}

/// Eigen adds up a product in parts that fit the caches it finds. With these instead, A has the same bits on
/// processors with other ones.
class CommonCaches {
 public:
  CommonCaches() { Eigen::setCpuCacheSizes(32 << 10, 1 << 20, 8 << 20); }
  ~CommonCaches() { Eigen::setCpuCacheSizes(found_[0], found_[1], found_[2]); }
  CommonCaches(const CommonCaches&) = delete;
  CommonCaches& operator=(const CommonCaches&) = delete;

 private:
  std::array<std::ptrdiff_t, 3> found_{Eigen::l1CacheSize(), Eigen::l2CacheSize(), Eigen::l3CacheSize()};
};

}  // namespace

EigenProduct::EigenProduct(const MappingShape& shape, std::span<const std::int32_t> genes)
    : genes_(shape.genes), rows_(parts_with(genes, tile_rows)), columns_(parts_with(genes, tile_columns)) {}

std::int64_t EigenProduct::tiles() const {
  return std::ssize(rows_) * std::ssize(columns_);
}

void EigenProduct::multiply(const MappingWeights& weights, RankShare tiles, std::span<double> a,
                            const ProgressCallback& progress) const {
  const CommonCaches caches;
  const std::int64_t hidden = weights.shape.hidden;
  Eigen::Map<Eigen::MatrixXd> product(a.data(), genes_, genes_);
  Eigen::MatrixXd w1;
  Eigen::MatrixXd w2;
  std::int64_t column_of_w1 = -1;
  for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile) {
    const std::int64_t column = columns_[static_cast<std::size_t>(tile / std::ssize(rows_))];
    const std::int64_t row = rows_[static_cast<std::size_t>(tile % std::ssize(rows_))];
    const std::int64_t columns = std::min(tile_columns, genes_ - column);
    const std::int64_t rows = std::min(tile_rows, genes_ - row);
    if (column != column_of_w1) widen(weights.w1(), hidden, column, columns, w1);
    column_of_w1 = column;
    widen(weights.w2(), hidden, row, rows, w2);
    product.block(row, column, rows, columns).noalias() = w2.transpose() * w1;
    if (progress) progress(tile + 1 - tiles.first, tiles.last - tiles.first);
  }
}

double eigen_product_bytes(const MappingShape& shape) {
  return sizeof(double) * static_cast<double>(shape.hidden) *
         static_cast<double>(std::min(tile_columns, shape.genes) + std::min(tile_rows, shape.genes));
}

void add_up_offsets(const MappingWeights& weights, RankShare genes, std::span<double> c) {
  const std::int64_t hidden = weights.shape.hidden;
  const auto b1 = Eigen::Map<const Eigen::VectorXf>(weights.b1().data(), hidden).cast<double>().eval();
  Eigen::MatrixXd w2;
  for (std::int64_t gene = genes.first; gene < genes.last; ++gene) {
    const auto at = static_cast<std::size_t>(gene);
    widen(weights.w2(), hidden, gene, 1, w2);
    c[at] = w2.col(0).dot(b1) + weights.b2()[at];
  }
}

}  // namespace dko
