#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dko/mapping/mapping.hpp"
#include "dko/mapping/sparse_mapping.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// All that a screen needs of a mapping, in the general form o = s(n)·A z + c. Of the original's mapping its
/// two linear layers multiplied out: A = W2·W1 (N×N), c = W2·b1 + b2 (N), s(n) = 1/n, so that o = A ẑ + c
/// exactly. With u = A z, the outputs after the knockout of a set K from a cell of n expressed genes are
/// o_i(K) = (u_i − Σ_{g∈K} A_ig) / (n − |K|) + c_i: O(n) a knockout instead of O(N²). A sparse mapping is
/// used as it is, with s = 1: O(non-zeros of the columns of K). Double precision; read-only; copies share A.
class CollapsedMapping {
 public:
  CollapsedMapping() = default;
  /// The dense form; `a` holds A column by column.
  CollapsedMapping(std::int64_t genes, NodeArray<double> a, NodeArray<double> c);

  /// Local; 2N²H floating-point operations. Ranks compute it together by collapse_for().
  explicit CollapsedMapping(const Mapping& mapping);

  /// Bytes of A and c in double precision. Local.
  static double bytes_of_dense(std::int64_t genes);

  /// Multiplications and additions of computing A = W2·W1, 2HN², which the ranks of a node share. Local.
  static double operations_to_compute(const MappingShape& shape);

  /// Bytes that computing takes on each rank, beside what its node holds.
  static double bytes_to_compute(const MappingShape& shape);

  explicit CollapsedMapping(SparseMapping mapping) : genes_(mapping.genes()), sparse_(std::move(mapping)) {}

  std::int64_t genes() const { return genes_; }

  /// The sparse mapping, or null for the dense form.
  const SparseMapping* sparse() const { return sparse_ ? &*sparse_ : nullptr; }

  /// A[:, g] of the dense form: what the presence of gene g adds to every output.
  std::span<const double> column(std::int64_t gene) const {
    return a_.view().subspan(static_cast<std::size_t>(gene * genes_), static_cast<std::size_t>(genes_));
  }
  /// c of the dense form.
  std::span<const double> offset() const { return c_.view(); }

  /// s² of each gene (share_variances.hpp), which a shrunk base profile needs; empty where it is not known.
  std::span<const double> share_variances() const { return share_variances_.view(); }
  void set_share_variances(NodeArray<double> variances) { share_variances_ = std::move(variances); }

  /// The mapping, held once per node. Collective.
  static CollapsedMapping replicate(const NodeGroup& group, AtRoot<CollapsedMapping> mapping);

 private:
  static CollapsedMapping replicate_outputs(const NodeGroup& group, AtRoot<CollapsedMapping> mapping);

  std::int64_t genes_ = 0;
  NodeArray<double> a_;
  NodeArray<double> c_;
  NodeArray<double> share_variances_;
  std::optional<SparseMapping> sparse_;
};

/// The same of several, the members of an ensemble, one after the other. Collective.
std::vector<CollapsedMapping> replicate(const NodeGroup& group,
                                        AtRoot<std::vector<CollapsedMapping>> mappings);

}  // namespace dko
