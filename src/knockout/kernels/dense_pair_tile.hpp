#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "block_rows.hpp"
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
  /// Strips of the partners of a cell's genes, as blocks of pairs read them, are kept up to this many numbers
  /// (68 MB: 4,096 genes), or made anew for each panel.
  static constexpr std::int64_t usually_kept = std::int64_t{4112} * 4112;

  explicit DensePairTile(InstructionSet instructions, std::int64_t most_kept = usually_kept);

  /// As DenseTile.
  void load(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed,
            std::span<double> total) {
    kept_.clear();
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

  void fill_firsts(std::span<const std::int32_t> positions, std::span<const RowPart> rows);
  void fill_strips(std::span<const std::int32_t> genes);
  void keep_strips(std::span<const std::int32_t> positions);
  void fill_seconds(Block& block);
  PairBlock block_of(const Block& block, const BlockRows& rows, std::int64_t count,
                     const AlignedArray& share);
  PairBlock safe_block(const Block& block);
  PairBlock crossing_block(const Block& block, const AlignedArray& share);
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
  std::int64_t most_kept_;
  DenseTile cell_;
  float presence_ = 0;  // F, which lost genes keep

  std::vector<std::int32_t> kept_;  // positions of the seconds whose strips are kept

  // The current block:
  BlockRows layout_;           // P of its firsts, Q of its seconds
  BlockRows crossing_layout_;  // in crossing rows: y before the loss of a second, and Â of the seconds
  std::array<bool, block_firsts> precise_{};  // by first: all of its pairs are
  AlignedArray mutual_;                       // by pair: Â_ab + Â_ba + Σ |y_i| − y_i
  AlignedArray left_;                         // by pair, as all below: S'
  AlignedArray parameter_;
  AlignedArray sums_;
  AlignedArray losses_;  // G, then the score; of a shift, shift · S'
};

}  // namespace dko
