#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dko/knockout/kernels/cell_kernel.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko {

class DensePairTile;
struct CellDirection;

/// The kernel of the original's mapping: O(n) a knockout of a cell of n expressed genes, in double precision,
/// but all pairs at once in single precision and blocks (within 2e-5, as a rule 1e-7, of the former). With
/// o_i(K) = (u_i − Σ_{g∈K} A_ig)/(n−|K|) + c_i for i in S∖K, q' = |o|/Σ|o|. Of genes that keep a part F of
/// their presence 1 − F of the column goes, and 1 − F of the number; of genes that are switched on a column
/// is added, and the number is one more. A profile whose outputs are all zero is taken as 0, so its distance
/// to any other is 1, and to its like 0. Of another base than the fitted one, |o| is r|o| throughout
/// (BaseProfile), and q is b.
class DenseCellKernel final : public CellKernel {
 public:
  /// Rows of the triangle of pairs that are scored at a time.
  static constexpr std::int64_t panel_rows = 192;

  /// `mapping` must be dense, and outlive the kernel. `instructions` must be available, and count for pairs.
  explicit DenseCellKernel(const CollapsedMapping& mapping,
                           InstructionSet instructions = best_instruction_set(), BaseProfile base = {});
  ~DenseCellKernel() override;

  /// Bytes that the kernel of a cell of `expressed` genes takes, at most: tiles of floats, of all rows and
  /// of those that may change their sign, both a second time up to 4,112 genes, and for each gene a row of
  /// every block of pairs; little for each absent gene. Local.
  static double bytes(std::int64_t expressed, std::int64_t absent = 0);

  using CellKernel::load;
  /// Gathers the n×n tile A[S,S], u = A z, of absent genes as well, and b. O(n² + n · absent).
  void load(const KernelCell& cell) override;
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
  static double& at(Row& row, std::int32_t position) {
    return row[static_cast<std::size_t>(position) / 8].at[position % 8];
  }
  std::vector<double> over_genes(const Row& row, double scale) const;
  void set_ratios(std::span<const double> ratios);
  void load_absent(const KernelCell& cell);
  std::int32_t absent_gene(std::int32_t position) const {
    return absent_[static_cast<std::size_t>(position) - expressed_.size()];
  }
  void apply(const Change& change);
  void restore(std::span<const std::int32_t> removed);
  double size_after(const Change& change) const;
  double fill_outputs(double left);
  double fitted_total() const;
  double fill_added(const Change& change, double total);
  double lost_share(const Change& change) const;
  double along_outputs() const;
  double shift_of(std::span<const std::int32_t> removed, double total, double kept) const;
  double approach_of(std::span<const std::int32_t> removed, double total, double kept) const;
  void load_direction();
  double kept_share() const;
  /// What is on K: the sum of b', what Σ|b'−b| over K is beyond Σ b, and the sum of what b' is compared with
  /// if that has nothing elsewhere.
  struct OnChanged {
    double mass = 0;
    double beyond_lost = 0;
    double mass_before = 0;
  };
  template <class Before>
  double distance(double total_after, bool before_is_zero, const OnChanged& on, Before before) const;

  const CollapsedMapping* mapping_;
  BaseProfile base_;
  std::unique_ptr<DensePairTile> pairs_;
  std::unique_ptr<CellDirection> along_;
  std::vector<std::int32_t> expressed_;
  std::vector<std::int32_t> absent_;
  std::vector<double> absent_u_;  // A z of these
  std::vector<double> added_;     // q' of the current activation
  bool intact_is_zero_ = false;
  Row u_;             // A z
  Row c_;             // offset
  Row ratio_;         // r; 0 for padding
  Row q_;             // intact profile
  Row keep_;          // 1 for genes that are there, 0 for removed ones and padding
  Row weight_;        // r of the genes that are there, 0 likewise
  Row left_;          // u without the removed genes
  Row outputs_;       // r|o| after the knockout
  Row along_weight_;  // v of the direction, if there is one
  Row along_target_;  // m, likewise
};

}  // namespace dko
