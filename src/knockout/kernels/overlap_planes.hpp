#pragma once

#include <cstdint>

#include "dko/base/aligned_array.hpp"

namespace dko {

/// The effects of a sparse mapping in a cell of few genes, all of them by row and column: there two columns
/// touch so many genes both that whole rows, in vectors, take less than one overlap after the other. What a
/// column does not touch has no effect, and an output beyond any (OverlapBlock).
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

  /// What all columns do to a gene.
  const float* effects(std::int64_t row) const { return effects_.data() + row * stride_; }
  const float* after(std::int64_t row) const { return after_.data() + row * stride_; }

 private:
  static constexpr std::int64_t most_genes = 1024;

  std::int64_t stride_ = 0;
  AlignedArray effects_;  // A_tb / S
  AlignedArray after_;    // p_t^b
};

}  // namespace dko
