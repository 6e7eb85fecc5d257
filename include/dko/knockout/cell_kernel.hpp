#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/score.hpp"
#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

/// Scores the knockouts of one cell at a time through the collapsed mapping, O(n) each, in double precision.
///
/// With o_i(K) = (u_i − Σ_{g∈K} A_ig)/(n−|K|) + c_i for i in S∖K and q' = |o|/Σ|o|, the profile after the
/// knockout of K, q that of the intact cell, and r = q/Σ_{i∉K} q_i over i ∉ K, the intact one without K:
/// impact(K) = BC(q', q) = Σ|q'−q| / Σ(q'+q), network(K) = BC(q', r).
/// A network impact that rounding alone may leave (1e-12 of the intact profile) is 0.
/// A profile whose outputs are all zero is taken as 0, so its distance to any other is 1, and to its like 0.
/// The result depends on the model, the cell and K alone, to the bit: not on what was scored before, nor on
/// which scores are asked for. Genes are given as positions among the cell's expressed genes.
class CellKernel {
 public:
  /// `mapping` must outlive the kernel.
  explicit CellKernel(const CollapsedMapping& mapping) : mapping_(&mapping) {}

  /// Gathers what the knockouts of a cell need: the n×n tile A[S,S], u = A z, and q. O(n²).
  void load(std::span<const std::int32_t> expressed);

  /// Scores of knocking out all of `removed` (ascending, distinct, at least one and fewer than the cell
  /// expresses).
  KnockoutScores scores(std::span<const std::int32_t> removed);

  /// Scores of {first, seconds[j]} into place j, first < seconds[j], n > 2; as they are stored, or in full
  /// precision. Standard deviations are not touched.
  void pair_scores(std::int32_t first, std::span<const std::int32_t> seconds, const ScoreSpans& scores);
  void pair_scores(std::int32_t first, std::span<const std::int32_t> seconds,
                   const PreciseScoreSpans& scores);

  /// Predicted relative profile of the intact cell, over its expressed genes.
  std::vector<double> intact_profile() const;

  /// Predicted relative profile after the knockout of `removed`, over the same genes; 0 for the removed.
  std::vector<double> profile_after(std::span<const std::int32_t> removed);

 private:
  // Eight doubles: sums are kept in eight lanes and added in a fixed order, so that the result is the same
  // whatever the width of the machine's vectors. Rows are padded to whole lanes with zeros.
  struct alignas(64) Lanes {
    std::array<double, 8> at;
  };
  using Row = std::vector<Lanes>;

  static double lane_sum(const Lanes& lanes);
  double& keep(std::int32_t position) {
    return keep_[static_cast<std::size_t>(position) / 8].at[position % 8];
  }
  const Lanes* column(std::int32_t position) const {
    return tile_.data() + static_cast<std::size_t>(position) * u_.size();
  }
  std::vector<double> over_genes(const Row& row, double scale) const;
  void subtract(std::int32_t position);
  void remove_all(std::span<const std::int32_t> removed);
  void restore(std::span<const std::int32_t> removed);
  double fill_outputs(const Row& base, const Lanes* last, std::int64_t left);
  double kept_share() const;
  template <class Before>
  double distance(double total_after, bool before_is_zero, Before before) const;
  template <class T>
  void fill_pairs(std::int32_t first, std::span<const std::int32_t> seconds,
                  const PerScore<std::span<T>>& scores);
  KnockoutScores scores_of_last(std::int32_t last, std::int64_t left, ScoreSet wanted);

  const CollapsedMapping* mapping_;
  std::int64_t expressed_ = 0;  // n
  bool intact_is_zero_ = false;
  Row tile_;     // columns of A[S,S]
  Row u_;        // A z
  Row c_;        // offset
  Row q_;        // intact profile
  Row keep_;     // 1 for genes that are there, 0 for removed ones and padding
  Row base_;     // u without all removed genes but the last
  Row outputs_;  // |o| after the knockout
};

}  // namespace dko
