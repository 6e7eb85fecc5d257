#pragma once

#include <cstdint>

#include "dko/base/aligned_array.hpp"

namespace dko {

/// The effects of a sparse mapping in a cell of few genes, all of them by row and column: there two columns
/// touch so many genes both that whole rows, in vectors, take less than one overlap after the other. What a
/// column does not touch has no effect, and an output beyond any. Arrays over pairs are by second gene.
///
/// Sums get the terms of the overlaps in the same order, and zeros between them: the same bits.
class OverlapPlanes {
 public:
  /// Whether they take less, of so many genes and effects.
  static bool are_quicker(std::int64_t genes, std::int64_t effects) {
    return 20 * effects >= genes * genes && genes <= most_genes;
  }
  static double bytes(std::int64_t genes);

  /// Effects of no column; nothing of 0 genes.
  void clear(std::int64_t genes);
  bool are_there() const { return stride_ > 0; }
  void set(std::int64_t row, std::int64_t column, float effect, float after) {
    effects_[row * stride_ + column] = effect;
    after_[row * stride_ + column] = after;
  }

  /// A gene that the column of the first gene touches.
  struct TouchedRow {
    std::int32_t row;
    float raw;  ///< in units of S, as all below
    float floor;
    float share;     ///< q_t
    float weight;    ///< v_t
    float effect;    ///< A_ta
    float of_first;  ///< p_t^a
  };

  /// Adds to η and u of pairs [first, last), and where `along` is given to Σ v_t (p_t − q_t), what the gene
  /// counts twice.
  void add_changes(const TouchedRow& touched, std::int64_t first, std::int64_t last, float* change,
                   float* untouched, float* along) const;

  /// Adds to L what it counts twice, `one_more` being 1 + θ.
  void add_losses(const TouchedRow& touched, std::int64_t first, std::int64_t last, const float* one_more,
                  float* losses) const;

 private:
  static constexpr std::int64_t most_genes = 1024;

  std::int64_t stride_ = 0;
  AlignedArray effects_;  // A_tb / S
  AlignedArray after_;    // p_t^b
};

}  // namespace dko
