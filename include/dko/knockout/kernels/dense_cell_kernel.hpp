#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dko/knockout/kernels/cell_kernel.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko {

class DensePairTile;

/// The kernel of the original's mapping: O(n) a knockout of a cell of n expressed genes, in double precision,
/// but all pairs at once in single precision and blocks (within 2e-5, as a rule 1e-7, of the former). With
/// o_i(K) = (u_i − Σ_{g∈K} A_ig)/(n−|K|) + c_i for i in S∖K, q' = |o|/Σ|o|. A profile whose outputs are all
/// zero is taken as 0, so its distance to any other is 1, and to its like 0.
class DenseCellKernel final : public CellKernel {
 public:
  /// `mapping` must be dense, and outlive the kernel. `instructions` must be available, and count for pairs.
  explicit DenseCellKernel(const CollapsedMapping& mapping,
                           InstructionSet instructions = best_instruction_set());
  ~DenseCellKernel() override;

  /// Bytes that the kernel of a cell of `expressed` genes takes, at most: two tiles of floats, of all rows
  /// and of those that may change their sign, and for each gene a row of every block of pairs. Local.
  static double bytes(std::int64_t expressed);

  /// Gathers the n×n tile A[S,S], u = A z, and q. O(n²).
  void load(std::span<const std::int32_t> expressed) override;
  KnockoutScores scores(std::span<const std::int32_t> removed) override;
  void pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                   const ScoreSpans& scores) override;
  std::vector<double> intact_profile() const override;
  std::vector<double> profile_after(std::span<const std::int32_t> removed) override;

  /// Rows whose output may change its sign under some pair, which cost nearly thrice as much; known once
  /// pairs of the cell were scored.
  std::int64_t crossing_rows() const;

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
  std::vector<double> over_genes(const Row& row, double scale) const;
  void subtract(std::int32_t position);
  void remove_all(std::span<const std::int32_t> removed);
  void restore(std::span<const std::int32_t> removed);
  double fill_outputs(std::int64_t left);
  double kept_share() const;
  template <class Before>
  double distance(double total_after, bool before_is_zero, Before before) const;

  const CollapsedMapping* mapping_;
  std::unique_ptr<DensePairTile> pairs_;
  std::vector<std::int32_t> expressed_;
  bool intact_is_zero_ = false;
  Row u_;        // A z
  Row c_;        // offset
  Row q_;        // intact profile
  Row keep_;     // 1 for genes that are there, 0 for removed ones and padding
  Row base_;     // u without the removed genes
  Row outputs_;  // |o| after the knockout
};

}  // namespace dko
