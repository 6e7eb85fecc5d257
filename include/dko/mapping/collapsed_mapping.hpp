#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/mapping.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// The mapping with its two linear layers multiplied out: A = W2·W1 (N×N), c = W2·b1 + b2 (N), so that
/// o = A ẑ + c exactly. With u = A z, the outputs after the knockout of a set K from a cell of n expressed
/// genes are o_i(K) = (u_i − Σ_{g∈K} A_ig) / (n − |K|) + c_i: O(n) a knockout instead of O(N²). All that a
/// screen needs of a model. Double precision; read-only; copies share A.
class CollapsedMapping {
 public:
  CollapsedMapping() = default;
  /// `a` holds A column by column.
  CollapsedMapping(std::int64_t genes, NodeArray<double> a, NodeArray<double> c);

  /// Local; 2N²H floating-point operations.
  explicit CollapsedMapping(const Mapping& mapping);

  std::int64_t genes() const { return genes_; }
  /// A[:, g], what the presence of gene g adds to every output.
  std::span<const double> column(std::int64_t gene) const {
    return a_.view().subspan(static_cast<std::size_t>(gene * genes_), static_cast<std::size_t>(genes_));
  }
  std::span<const double> offset() const { return c_.view(); }

  /// The mapping of rank 0, held once per node. What other ranks pass is ignored. Collective.
  static CollapsedMapping replicate(const NodeGroup& group, CollapsedMapping on_root);

 private:
  std::int64_t genes_ = 0;
  NodeArray<double> a_;
  NodeArray<double> c_;
};

/// The same of several, the members of an ensemble, one after the other. Collective.
std::vector<CollapsedMapping> replicate(const NodeGroup& group, std::vector<CollapsedMapping> on_root);

}  // namespace dko
