#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dko/knockout/kernels/cell_kernel.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/sparse_mapping.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko {

class SparsePairTable;
struct CellDirection;
class NearnessTable;

/// The kernel of the sparse mapping: O(non-zeros of the columns of K) a knockout, however many genes the cell
/// expresses, in double precision; all pairs at once take less, in single precision (within 2e-5, as a rule
/// 1e-7, of the former).
///
/// Only the genes t that the columns of K touch get another output o', all others o; with S = Σ o of the
/// intact cell, S' = S − Σ_K o + Σ_t (o'_t − o_t), and u = 1 − Σ_K q − Σ_t q the share of the genes that are
/// neither:
///
///     2 impact(K) = Σ_K q + u |S/S' − 1| + Σ_t |o'_t/S' − q_t|
///     2 network(K) = (u/k) |k S/S' − 1| + Σ_t |o'_t/S' − q_t/k|,   k = 1 − Σ_K q
///
/// Along a direction (CellDirection: v, m), with w = Σ_{i∉K} b_i v_i / k, the mean of v before,
///
///     shift(K) = Σ_t (v_t − w) (o'_t − o_t) / S',
///
/// and approach(K) by the sums of b and of m over the genes in the order of m/b (NearnessTable): O(log n).
///
/// Where lost genes keep a part F of their presence, 1 − F of their effects goes. A gene a that is switched
/// on adds its column, gets o'_a as if it had been there, but for the state of the cell, which stays that of
/// the intact one, and has q'_a = o'_a/(S' + Σ o'). A gene that enters by its level is switched on at its
/// mean level. With m the part of b' that is on K, S/S' and o'_t/S' above are times 1 − m, network as a
/// whole, and impact has 1 − F of Σ_K q beside Σ q'_a.
///
/// Outputs are at least the gene's floor, so that S' > 0. Of another base than the fitted one, outputs,
/// floors and effects are those times r (BaseProfile), and q is b.
class SparseCellKernel final : public CellKernel {
 public:
  /// `mapping` must outlive the kernel. A loss takes the effects of `effects` away, which must, too, instead
  /// of those of `mapping`, if they are given: what the cells would show if these were the genes' own
  /// (decoys). `instructions` must be available; bits do not depend on them.
  explicit SparseCellKernel(const SparseMapping& mapping, BaseProfile base = {},
                            const SparseMapping* effects = nullptr,
                            InstructionSet instructions = best_instruction_set());
  ~SparseCellKernel() override;

  /// Bytes that the kernel of a cell of `expressed` of `genes` genes takes, at most, if the columns of the
  /// expressed genes, and of those that may be switched on, have `effects` non-zeros. Local.
  static double bytes(std::int64_t genes, std::int64_t expressed, double effects);

  using CellKernel::load;
  /// O(N + non-zeros of the columns of all expressed genes).
  void load(const KernelCell& cell) override;
  KnockoutScores scores(std::span<const std::int32_t> removed) override;
  void pair_scores(std::span<const std::int32_t> positions, EventRange pairs,
                   const ScoreSpans& scores) override;
  std::vector<double> intact_profile() const override;
  std::vector<double> profile_after(std::span<const std::int32_t> removed) override;

 private:
  /// What b' has on K, and Σ|b'−b| over K.
  struct OnChanged {
    double mass = 0;
    double difference = 0;
    double rest() const { return 1 - mass; }
  };
  void fill_outputs(const KernelCell& cell);
  void gather_effects(const KernelCell& cell);
  void gather_column(std::int32_t gene, double input);
  void touch(const Change& change);
  void restore();
  double output_after(std::int32_t position) const;
  double left_without(double of_removed) const;
  double fitted_total_after(const Change& change) const;
  double fill_added(const Change& change);
  KnockoutScores touched_sums(const OnChanged& on, double left, double total_after, double of_touched) const;
  KnockoutScores whole_sums(const OnChanged& on, double left) const;
  double shift_of(std::span<const std::int32_t> removed, double left, double total_after) const;
  double approach_of(std::span<const std::int32_t> removed, double left, double total_after) const;
  double whole_total_after() const;

  const SparseMapping* mapping_;
  const SparseMapping* lost_effects_;
  BaseProfile base_;
  std::unique_ptr<SparsePairTable> pairs_;
  std::unique_ptr<CellDirection> along_;
  std::unique_ptr<NearnessTable> nearness_;
  std::vector<std::int32_t> place_;  // of a gene among the expressed ones, or -1

  // The loaded cell, by position, all but r rescaled by r:
  std::vector<double> ratio_;  // r
  std::vector<double> raw_;    // outputs before the floor
  std::vector<double> floor_;
  std::vector<double> output_;        // o
  double total_ = 0;                  // S
  double fitted_total_ = 0;           // the same of r = 1
  std::vector<std::int64_t> starts_;  // of each column of A[S,S]
  std::vector<std::int32_t> rows_;
  std::vector<double> effects_;
  // The same of the absent genes, not rescaled: columns follow those of the expressed ones, and what the
  // columns of all do to absent genes, counted from 0, is apart.
  std::vector<double> absent_raw_;
  std::vector<double> absent_floor_;
  std::vector<std::int64_t> absent_starts_;
  std::vector<std::int32_t> absent_rows_;
  std::vector<double> absent_effects_;

  // The current knockout:
  std::vector<double> change_;  // Σ_{g∈K} A_tg
  std::vector<char> is_touched_;
  std::vector<char> is_removed_;
  std::vector<std::int32_t> touched_;  // ascending
  std::vector<std::int32_t> removed_;
  std::vector<double> added_;  // q' of those that are switched on
};

}  // namespace dko
