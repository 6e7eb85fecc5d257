#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// v → Zᵀ(Z v) of centred presence Z (cells × genes), kept sparse, by all ranks: first the scores Z v, each
/// rank those of its part of the cells, then their sums by gene, each rank those of its part of the genes.
/// Every sum is in the order of a single rank, so that the bits do not depend on the number of ranks.
///
/// Rank 0 asks for products and then calls finish(); meanwhile the others help().
class PresenceProduct {
 public:
  using Scalar = double;

  /// Of `cells`, at least one. All three outlive it. Local.
  PresenceProduct(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                  const Communicator& communicator);

  /// Whether presence varies between the cells at all; if not, there is nothing to decompose. Local.
  bool varies() const;

  std::int64_t rows() const { return std::ssize(mean_); }
  std::int64_t cols() const { return std::ssize(mean_); }

  /// N values to N values, on rank 0.
  void perform_op(const double* in, double* out) const;
  /// No further products, on rank 0.
  void finish() const;
  /// Takes part in the products of rank 0 until it has finished; on the other ranks.
  void help() const;

 private:
  void multiply() const;

  /// Expressed genes of a cell that are in this rank's part: from the first-th to before the last-th.
  struct Part {
    std::int32_t first = 0;
    std::int32_t last = 0;
  };
  const ExpressionMatrix& matrix_;
  std::span<const std::int64_t> cells_;
  const Communicator& communicator_;
  std::vector<double> mean_;       // of presence, by gene
  RankShare own_cells_;            // among `cells`
  std::vector<Part> own_genes_;    // by cell
  mutable std::vector<double> v_;  // of rank 0
  mutable std::vector<double> scores_, sums_;
};

}  // namespace dko
