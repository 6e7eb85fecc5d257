#include "dko/mapping/collapsed_mapping.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace dko {

namespace {

/// Weights are widened to double this many genes at a time: no second copy of N×N. W2 is widened anew for
/// every tile: wide tiles let that count less.
constexpr std::int64_t tile_columns = 1024;
constexpr std::int64_t tile_rows = 256;

/// Into `block`, which keeps its memory from one to the next.
void widen(std::span<const float> weights, std::int64_t hidden, std::int64_t first, std::int64_t count,
           Eigen::MatrixXd& block) {
  block = Eigen::Map<const Eigen::MatrixXf>(weights.data() + first * hidden, hidden, count).cast<double>();
}

std::int64_t parts_of(std::int64_t genes, std::int64_t part) {
  return (genes + part - 1) / part;
}

/// Tiles of A: one product each, so that its bits do not depend on who computes it.
std::int64_t tiles_of(std::int64_t genes) {
  return parts_of(genes, tile_columns) * parts_of(genes, tile_rows);
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

/// Tiles of A = W2·W1, numbered down its columns of tiles, into the whole of A.
void multiply_tiles(const MappingWeights& weights, RankShare tiles, std::span<double> a,
                    const ProgressCallback& progress) {
  const CommonCaches caches;
  const auto [genes, hidden] = weights.shape;
  Eigen::Map<Eigen::MatrixXd> product(a.data(), genes, genes);
  Eigen::MatrixXd w1;
  Eigen::MatrixXd w2;
  std::int64_t column_of_w1 = -1;
  for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile) {
    const std::int64_t column = tile / parts_of(genes, tile_rows) * tile_columns;
    const std::int64_t row = tile % parts_of(genes, tile_rows) * tile_rows;
    const std::int64_t columns = std::min(tile_columns, genes - column);
    const std::int64_t rows = std::min(tile_rows, genes - row);
    if (column != column_of_w1) widen(weights.w1(), hidden, column, columns, w1);
    column_of_w1 = column;
    widen(weights.w2(), hidden, row, rows, w2);
    product.block(row, column, rows, columns).noalias() = w2.transpose() * w1;
    if (progress) progress(tile + 1 - tiles.first, tiles.last - tiles.first);
  }
}

/// c = W2·b1 + b2 of some genes, into the whole of c.
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

}  // namespace

CollapsedMapping::CollapsedMapping(std::int64_t genes, NodeArray<double> a, NodeArray<double> c)
    : genes_(genes), a_(std::move(a)), c_(std::move(c)) {}

CollapsedMapping::CollapsedMapping(const Mapping& mapping) : genes_(mapping.shape().genes) {
  std::vector<double> a(static_cast<std::size_t>(genes_ * genes_));
  std::vector<double> c(static_cast<std::size_t>(genes_));
  multiply_tiles(mapping.view(), {0, tiles_of(genes_)}, a, {});
  add_up_offsets(mapping.view(), {0, genes_}, c);
  a_ = NodeArray(std::move(a));
  c_ = NodeArray(std::move(c));
}

CollapsedMapping CollapsedMapping::compute(const NodeGroup& group, AtRoot<Mapping> mapping,
                                           const ProgressCallback& progress) {
  AtRoot<MappingShape> root_shape = mapping.transform(&Mapping::shape);
  const MappingShape shape{group.all.broadcast(root_shape.take(&MappingShape::genes)),
                           group.all.broadcast(root_shape.take(&MappingShape::hidden))};
  AtRoot<NodeArray<float>> whole;
  if (mapping.is_here()) whole = AtRoot(NodeArray(std::move(*mapping).release()));
  const auto parameters = share(group, std::move(whole));
  const MappingWeights weights{shape, parameters.view()};
  NodeBuffer<double> a(group, shape.genes * shape.genes);
  NodeBuffer<double> c(group, shape.genes);
  multiply_tiles(weights, group.node.share_of(tiles_of(shape.genes)), a.values(), progress);
  add_up_offsets(weights, group.node.share_of(shape.genes), c.values());
  auto whole_a = std::move(a).publish();
  auto whole_c = std::move(c).publish();
  return {shape.genes, std::move(whole_a), std::move(whole_c)};
}

double CollapsedMapping::bytes_of_dense(std::int64_t genes) {
  const auto count = static_cast<double>(genes);
  return sizeof(double) * count * (count + 1);
}

double CollapsedMapping::operations_to_compute(const MappingShape& shape) {
  const auto genes = static_cast<double>(shape.genes);
  return 2 * static_cast<double>(shape.hidden) * genes * genes;
}

double CollapsedMapping::bytes_to_compute(const MappingShape& shape) {
  return sizeof(double) * static_cast<double>(shape.hidden) *
         static_cast<double>(std::min(tile_columns, shape.genes) + std::min(tile_rows, shape.genes));
}

CollapsedMapping CollapsedMapping::replicate_outputs(const NodeGroup& group,
                                                     AtRoot<CollapsedMapping> mapping) {
  AtRoot<std::optional<SparseMapping>> sparse = mapping.take(&CollapsedMapping::sparse_);
  if (group.all.broadcast(sparse.transform([](const auto& found) { return found.has_value(); })))
    return CollapsedMapping(SparseMapping::replicate(
        group, sparse.is_here() ? AtRoot(std::move(**sparse)) : AtRoot<SparseMapping>()));
  const std::int64_t genes = group.all.broadcast(mapping.take(&CollapsedMapping::genes_));
  auto a = share(group, mapping.take(&CollapsedMapping::a_));
  auto c = share(group, mapping.take(&CollapsedMapping::c_));
  return {genes, std::move(a), std::move(c)};
}

CollapsedMapping CollapsedMapping::replicate(const NodeGroup& group, AtRoot<CollapsedMapping> mapping) {
  auto variances = share(group, mapping.take(&CollapsedMapping::share_variances_));
  CollapsedMapping everywhere = replicate_outputs(group, std::move(mapping));
  everywhere.set_share_variances(std::move(variances));
  return everywhere;
}

std::vector<CollapsedMapping> replicate(const NodeGroup& group,
                                        AtRoot<std::vector<CollapsedMapping>> mappings) {
  const std::int64_t count = group.all.broadcast(
      mappings.transform([](const std::vector<CollapsedMapping>& all) { return std::ssize(all); }));
  std::vector<CollapsedMapping> everywhere;
  for (std::int64_t at = 0; at < count; ++at)
    everywhere.push_back(CollapsedMapping::replicate(group, take(mappings, at)));
  return everywhere;
}

}  // namespace dko
