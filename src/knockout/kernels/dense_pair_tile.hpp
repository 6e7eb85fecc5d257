#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dense_tile.hpp"
#include "dko/base/aligned_array.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/system/instruction_set.hpp"
#include "pair_block.hpp"
#include "pair_precision.hpp"

namespace dko {

/// All double knockouts of one cell through a dense mapping, in single precision and blocks of pairs: what
/// DenseTile says of a cell, put together.
///
/// Single precision leaves errors of some 1e-7 of S' and of what cancels in it. Pairs for which that could
/// matter (S' far below the sums that it is the difference of) are left to the caller, in double precision.
class DensePairTile {
 public:
  explicit DensePairTile(InstructionSet instructions);

  /// As DenseTile.
  void load(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
            std::span<double> total) {
    cell_.load(mapping, expressed, total);
  }
  void prepare(std::span<const double> outputs, std::span<const double> profile,
               std::span<const double> scales, std::span<const double> along = {}, double presence = 0) {
    presence_ = static_cast<float>(presence);
    cell_.prepare(outputs, profile, scales, along);
  }

  /// As CellKernel::pair_scores.
  void pair_scores(std::span<const std::int32_t> positions, EventRange pairs, const ScoreSpans& scores,
                   const ExactScores& exact);

  /// Rows that may change sign under some pair, once it is prepared.
  std::int64_t crossing_rows() const { return std::ssize(cell_.crossing); }

 private:
  /// The part of a row of the triangle that is asked for.
  struct RowPart {
    std::int64_t first = 0;  // index among the positions
    EventRange seconds;      // likewise
    std::int64_t to = 0;     // place of the first score
  };
  struct Block;

  void fill_panel(std::span<const std::int32_t> positions, std::span<const RowPart> rows);
  void fill_seconds(Block& block);
  PairBlock tiles_of(const Block& block);
  RowBlock crossing_rows_of(const Block& block);
  void fill_crossing_rows(const Block& block);
  void fill_mutual(const Block& block, std::size_t f, float* mutual) const;
  void fill_effects(const Block& block, std::size_t f, float* on_first, float* on_second) const;
  void fill_left(const Block& block);
  void fill_tau(const Block& block, Score score);
  void fill_losses(const Block& block, Score score);
  void add_crossing_losses(const Block& block, Score score);
  void fill_along(const Block& block);
  void fill_along_of(const Block& block, std::size_t f);
  void store_shifts(const Block& block, std::span<float> scores) const;
  void store(const Block& block, Score score, std::span<float> scores);
  void store_exact(const Block& block, const ScoreSpans& scores, const ExactScores& exact) const;
  bool all_precise(const Block& block, std::size_t f, EventRange wanted) const;
  PairTerms terms(const Block& block, std::size_t f, std::int64_t s) const;
  void score_block(Block& block, const ScoreSpans& scores, const ExactScores& exact);

  const PairBlockFunctions* functions_;
  DenseTile cell_;
  float presence_ = 0;  // F, which lost genes keep

  // The current block:
  AlignedArray panel_;           // P of its firsts
  AlignedArray crossing_rows_;   // Â of these rows by rows, of the seconds of a block
  AlignedArray crossing_panel_;  // y before the loss of a second
  AlignedArray nothing_;         // the column of seconds that pad it
  AlignedArray mutual_;          // by pair: Â_ab + Â_ba + Σ |y_i| − y_i
  AlignedArray left_;            // by pair, as all below: S'
  AlignedArray parameter_;
  AlignedArray sums_;
  AlignedArray losses_;  // G, then the score; of a shift, shift · S'
};

}  // namespace dko
