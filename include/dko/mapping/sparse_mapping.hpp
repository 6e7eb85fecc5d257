#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/base/names.hpp"
#include "dko/mapping/gene_levels.hpp"
#include "dko/mapping/intact_cell.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// What the presence of one gene adds to the outputs of others: A[genes[k], j] = effects[k], genes ascending.
struct SparseColumn {
  std::span<const std::int32_t> genes;
  std::span<const double> effects;
};

/// The arrays of a sparse mapping of N genes, r factors of cell state and m covariates.
struct SparseMappingParts {
  std::vector<std::int64_t> starts;  ///< N+1: column j of A is entries [starts[j], starts[j+1])
  std::vector<std::int32_t> rows;
  std::vector<double> effects;
  std::vector<double> offset;                    ///< N: c
  std::vector<double> floor;                     ///< N: least output, > 0
  std::vector<double> loadings;                  ///< N × r by rows: V
  std::vector<double> responses;                 ///< N × r by rows: D
  std::vector<double> covariate_responses = {};  ///< N × m by rows: B
  GeneLevels levels = {};                        ///< of genes that enter by their level
  /// L: A with what goes through the levels of others, in the same form; empty: A itself.
  std::vector<std::int64_t> passed_starts = {};
  std::vector<std::int32_t> passed_rows = {};
  std::vector<double> passed_effects = {};
};

/// The second mapping: the outputs are few direct effects of what other genes enter by, x, beside a response
/// to the state of the cell, r numbers f,
///
///     o_i = max(floor_i, c_i + Σ_j A_ij x_j + Σ_k D_ik f_k + Σ_l B_il v_l),   f = Vᵀ z,
///     q = z ∘ o / Σ_{i: z_i = 1} o_i
///
/// with s(n) = 1 in the general form o = s(n)·A z + c. x is the presence z, or of some genes the level
/// (GeneLevels). v are m covariates of the cell, if the mapping has any. A knockout of genes j takes L_ij x_j
/// from the raw outputs, L = A where all enter by their presence, and leaves the state as it was in the
/// intact cell, and v: what cells of one state or batch have in common (how deeply they were sequenced, their
/// type, their cycle) is no effect of a single gene. Double precision; read-only; copies share the arrays.
class SparseMapping {
 public:
  SparseMapping() = default;
  explicit SparseMapping(SparseMappingParts parts);

  std::int64_t genes() const { return offset_.size(); }
  std::int64_t factors() const { return factors_; }
  /// m, numbers for each cell beside its presence.
  std::int64_t covariates() const { return covariates_; }
  std::int64_t effects_count() const { return rows_.size(); }
  /// Entries of L, where it is not A.
  std::int64_t passed_count() const { return passed_rows_.size(); }

  /// Bytes of a mapping of so many genes, effects, factors and covariates. Local.
  static double bytes(std::int64_t genes, double effects, std::int64_t factors, std::int64_t covariates = 0);

  SparseColumn column(std::int64_t gene) const {
    const auto first = static_cast<std::size_t>(starts_[gene]);
    const auto count = static_cast<std::size_t>(starts_[gene + 1]) - first;
    return {rows_.view().subspan(first, count), effects_.view().subspan(first, count)};
  }
  /// What the loss of a gene takes from the outputs of others, per x: a column of L, column() unless the
  /// mapping has effects that are passed on by the levels of others.
  SparseColumn loss_column(std::int64_t gene) const {
    if (passed_starts_.size() == 0) return column(gene);
    const auto first = static_cast<std::size_t>(passed_starts_[gene]);
    const auto count = static_cast<std::size_t>(passed_starts_[gene + 1]) - first;
    return {passed_rows_.view().subspan(first, count), passed_effects_.view().subspan(first, count)};
  }
  std::span<const std::int64_t> passed_starts() const { return passed_starts_.view(); }
  std::span<const std::int32_t> passed_rows() const { return passed_rows_.view(); }
  std::span<const double> passed_effects() const { return passed_effects_.view(); }
  std::span<const std::int64_t> starts() const { return starts_.view(); }
  std::span<const std::int32_t> rows() const { return rows_.view(); }
  std::span<const double> effects() const { return effects_.view(); }
  std::span<const double> offset() const { return offset_.view(); }
  std::span<const double> floor() const { return floor_.view(); }
  std::span<const double> loadings() const { return loadings_.view(); }
  std::span<const double> responses() const { return responses_.view(); }
  std::span<const double> covariate_responses() const { return covariate_responses_.view(); }

  /// c_i + Σ_j A_ij x_j + Σ_k D_ik f_k + Σ_l B_il v_l of the expressed genes of a cell, and after them of
  /// `absent` genes, before the floor; in their order. Without covariates of the cell these are zeros.
  std::vector<double> raw_outputs(const IntactCell& cell, std::span<const std::int32_t> absent = {}) const;
  /// x of a gene that is switched on in a cell that lacks it: 1, or the level of its mean share.
  double input_of_added(std::int32_t gene) const;
  /// q over the expressed genes of a cell.
  std::vector<double> profile(const IntactCell& cell) const;

  /// Whether some genes enter by their level.
  bool has_levels() const { return level_scale_.size() > 0; }
  GeneLevels levels() const {
    return {{level_scale().begin(), level_scale().end()},
            {level_mean().begin(), level_mean().end()},
            level_certainty_};
  }
  std::span<const double> level_scale() const { return level_scale_.view(); }
  std::span<const double> level_mean() const { return level_mean_.view(); }
  double level_certainty() const { return level_certainty_; }
  /// x of the expressed genes of a cell; without its shares as if each level were at its mean.
  std::vector<double> inputs(const IntactCell& cell) const;

  /// Copies of the arrays.
  SparseMappingParts parts() const;

  /// Checksum of all arrays and of the genes they belong to.
  std::string checksum(const Names& genes) const;

  /// The mapping, held once per node. Collective.
  static SparseMapping replicate(const NodeGroup& group, AtRoot<SparseMapping> mapping);
  /// The mapping of rank `from` on rank 0; an empty one elsewhere. Collective.
  static SparseMapping to_root(const Communicator& communicator, const SparseMapping& mapping, int from);

 private:
  std::int64_t factors_ = 0;
  std::int64_t covariates_ = 0;
  NodeArray<std::int64_t> starts_;
  NodeArray<std::int32_t> rows_;
  NodeArray<double> effects_;
  NodeArray<double> offset_;
  NodeArray<double> floor_;
  NodeArray<double> loadings_;
  NodeArray<double> responses_;
  NodeArray<double> covariate_responses_;
  NodeArray<double> level_scale_;  // empty: all enter by their presence
  NodeArray<double> level_mean_;
  double level_certainty_ = 1;
  NodeArray<std::int64_t> passed_starts_;
  NodeArray<std::int32_t> passed_rows_;
  NodeArray<double> passed_effects_;
};

}  // namespace dko
