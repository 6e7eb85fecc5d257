#include "dko/mapping/collapsed_mapping.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <utility>
#include <vector>

namespace dko {

namespace {

/// Weights are widened to double this many genes at a time: no second copy of N×N.
constexpr std::int64_t block_genes = 256;

Eigen::MatrixXd block_of(std::span<const float> weights, std::int64_t hidden, std::int64_t first,
                         std::int64_t count) {
  return Eigen::Map<const Eigen::MatrixXf>(weights.data() + first * hidden, hidden, count).cast<double>();
}

}  // namespace

CollapsedMapping::CollapsedMapping(std::int64_t genes, NodeArray<double> a, NodeArray<double> c)
    : genes_(genes), a_(std::move(a)), c_(std::move(c)) {}

CollapsedMapping::CollapsedMapping(const Mapping& mapping) : genes_(mapping.shape().genes) {
  const std::int64_t hidden = mapping.shape().hidden;
  std::vector<double> a(static_cast<std::size_t>(genes_ * genes_));
  std::vector<double> c(static_cast<std::size_t>(genes_));
  Eigen::Map<Eigen::MatrixXd> product(a.data(), genes_, genes_);
  for (std::int64_t column = 0; column < genes_; column += block_genes) {
    const std::int64_t columns = std::min(block_genes, genes_ - column);
    const Eigen::MatrixXd w1 = block_of(mapping.w1(), hidden, column, columns);
    for (std::int64_t row = 0; row < genes_; row += block_genes) {
      const std::int64_t rows = std::min(block_genes, genes_ - row);
      product.block(row, column, rows, columns).noalias() =
          block_of(mapping.w2(), hidden, row, rows).transpose() * w1;
    }
  }
  const auto b1 = Eigen::Map<const Eigen::VectorXf>(mapping.b1().data(), hidden).cast<double>().eval();
  for (std::int64_t gene = 0; gene < genes_; ++gene) {
    const auto at = static_cast<std::size_t>(gene);
    c[at] = block_of(mapping.w2(), hidden, gene, 1).col(0).dot(b1) + mapping.b2()[at];
  }
  a_ = NodeArray(std::move(a));
  c_ = NodeArray(std::move(c));
}

CollapsedMapping CollapsedMapping::replicate(const NodeGroup& group, CollapsedMapping on_root) {
  std::int32_t is_sparse = on_root.sparse_ ? 1 : 0;
  group.all.broadcast(is_sparse);
  if (is_sparse != 0) {
    return CollapsedMapping(
        SparseMapping::replicate(group, on_root.sparse_ ? std::move(*on_root.sparse_) : SparseMapping{}));
  }
  group.all.broadcast(on_root.genes_);
  auto a = share(group, std::move(on_root.a_));
  auto c = share(group, std::move(on_root.c_));
  return {on_root.genes_, std::move(a), std::move(c)};
}

std::vector<CollapsedMapping> replicate(const NodeGroup& group, std::vector<CollapsedMapping> on_root) {
  std::int64_t count = std::ssize(on_root);
  group.all.broadcast(count);
  on_root.resize(static_cast<std::size_t>(count));
  for (CollapsedMapping& mapping : on_root) mapping = CollapsedMapping::replicate(group, std::move(mapping));
  return on_root;
}

}  // namespace dko
