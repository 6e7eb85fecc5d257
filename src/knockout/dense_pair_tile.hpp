#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "aligned_array.hpp"
#include "dko/knockout/event_index.hpp"
#include "dko/knockout/instruction_set.hpp"
#include "dko/knockout/score.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "pair_block.hpp"

namespace dko {

/// All double knockouts of one cell through a dense mapping, in single precision and blocks of pairs.
///
/// With s = 1/(n−2), w = s·u + c the outputs that no knockout but its rescaling has changed, σ their signs
/// and B = Σ|w|, the outputs after the knockout of a and b are, in units of B and with the sign σ taken out,
///
///     y_i = |w_i| − Â_ia − Â_ib,   Â_ig = σ_i s A_ig / B.
///
/// Of two distributions the distance BC is what the first loses of the second, so with the sum of outputs
/// S' = Σ_{i≠a,b} |y_i|, q the intact profile, k = 1 − q_a − q_b,
///
///     G(T) = Σ_{i≠a,b} max(0, q_i T − |y_i|),   impact = q_a + q_b + G(S')/S',   network = G(S'/k)/S'.
///
/// Where y_i cannot be negative for any pair, S' is a sum over columns known beforehand. So are, with a
/// number κ_g for each gene that makes T nearly 1 − κ_a − κ_b, differences that are as small as the effects:
/// Q_ig = q_i κ_g − Â_ig and P_ia = q_i − |w_i| − Q_ia, for which
///
///     q_i T − y_i = P_ia − (Q_ib − q_i τ),   τ = T − (1 − κ_a − κ_b),
///     Σ_i max(0, q_i T − y_i) = Σ_i max(P_ia, Q_ib − q_i τ) − Σ_i (Q_ib − q_i τ):
///
/// three operations an element. With κ_g = g_g − q_g, where 1 − g_a − g_b is S' but for what a and b do to
/// each other, τ is of second order for the network score, and −q_a − q_b beside that for the impact. Rows
/// that may change sign under some pair ("crossing" rows) are left out there and get two passes of their own.
///
/// Single precision leaves errors of some 1e-7 of S' and of what cancels in it. Pairs for which that could
/// matter (S' far below the sums that it is the difference of) are left to the caller, in double precision.
class DensePairTile {
 public:
  explicit DensePairTile(InstructionSet instructions);

  /// Gathers A[S,S] for the expressed genes, and adds its columns to `total` (n numbers). O(n²)
  void load(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
            std::span<double> total);

  /// Turns the tile into Q, if that was not yet done for the loaded cell, for the outputs w = s u + c, s and
  /// the intact profile q. O(n²)
  void prepare(std::span<const double> outputs, std::span<const double> profile, double scale);

  /// The scores of a pair by other means.
  using ExactScores = std::function<KnockoutScores(std::int32_t first, std::int32_t second)>;

  /// As CellKernel::pair_scores.
  void pair_scores(std::span<const std::int32_t> positions, EventRange pairs, const ScoreSpans& scores,
                   const ExactScores& exact);

  /// Rows that may change sign under some pair, once it is prepared.
  std::int64_t crossing_rows() const { return std::ssize(crossing_); }

 private:
  /// The part of a row of the triangle that is asked for.
  struct RowPart {
    std::int64_t first = 0;  // index among the positions
    EventRange seconds;      // likewise
    std::int64_t to = 0;     // place of the first score
  };
  struct Block;

  float* column(std::int64_t position) { return tile_.data() + position * stride_; }
  const float* column(std::int64_t position) const { return tile_.data() + position * stride_; }
  float* crossing_column(std::int64_t position) {
    return crossing_tile_.data() + position * crossing_stride_;
  }
  const float* crossing_column(std::int64_t position) const {
    return crossing_tile_.data() + position * crossing_stride_;
  }
  void note_extremes(std::int64_t position, const float* values);
  void find_crossing(std::span<const double> outputs, double total, double scale);
  void take_crossing(std::int64_t position);
  void centre_column(std::int64_t position);
  void fill_panel(std::span<const std::int32_t> positions, std::span<const RowPart> rows);
  void fill_seconds(Block& block);
  PairBlock tiles_of(const Block& block);
  RowBlock crossing_rows_of(const Block& block);
  void fill_crossing_rows(const Block& block);
  void fill_mutual(const Block& block, std::size_t f, float* mutual) const;
  void fill_left(const Block& block);
  void fill_losses(const Block& block, Score score);
  void add_crossing_losses(const Block& block, Score score);
  void store(const Block& block, Score score, std::span<float> scores) const;
  void store_exact(const Block& block, const ScoreSpans& scores, const ExactScores& exact) const;
  bool all_precise(const Block& block, std::size_t f, EventRange wanted) const;
  bool is_precise(const Block& block, std::size_t f, std::int64_t s) const;
  void score_block(Block& block, const ScoreSpans& scores, const ExactScores& exact);

  const PairBlockFunctions* functions_;
  std::int64_t genes_ = 0;   // n
  std::int64_t stride_ = 0;  // rows, and padding that adds nothing
  bool is_prepared_ = false;
  bool is_usable_ = false;  // there are outputs to share
  AlignedArray tile_;       // A[S,S] by columns; once prepared, Q
  std::vector<double> gathered_;
  // Of each row, the largest and second largest of A and of −A, its own column left out.
  std::array<AlignedArray, 2> largest_;
  std::array<AlignedArray, 2> smallest_;

  // By row or gene.
  AlignedArray output_;        // |w| / B
  AlignedArray profile_;       // q
  AlignedArray signed_scale_;  // σ s / B
  AlignedArray safe_scale_;    // the same; 0 for crossing rows
  AlignedArray share_;         // q; 0 for crossing rows
  AlignedArray rest_;          // q − |w|/B; 0 for crossing rows
  AlignedArray centre_;        // κ
  AlignedArray column_sum_;    // Σ_{i≠g} Q_ig
  AlignedArray magnitude_;     // Σ_i |Â_ig|
  float share_sum_ = 0;        // Σ share

  std::vector<std::int32_t> crossing_;        // rows
  std::vector<std::int32_t> crossing_place_;  // of a row among these, or -1
  std::int64_t crossing_stride_ = 0;
  AlignedArray crossing_tile_;  // Â of these rows by columns
  AlignedArray crossing_share_;
  AlignedArray crossing_output_;

  // Of the block at hand.
  AlignedArray panel_;           // P of its firsts
  AlignedArray crossing_rows_;   // Â of these rows by rows, of the seconds of a block
  AlignedArray crossing_panel_;  // y before the loss of a second
  AlignedArray nothing_;         // the column of seconds that pad it
  AlignedArray mutual_;          // by pair: Â_ab + Â_ba + Σ |y_i| − y_i
  AlignedArray left_;            // by pair, as all below: S'
  AlignedArray parameter_;
  AlignedArray sums_;
  AlignedArray losses_;  // G
};

}  // namespace dko
