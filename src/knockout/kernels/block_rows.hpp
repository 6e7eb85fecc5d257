#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dko/base/aligned_array.hpp"
#include "pair_block.hpp"

namespace dko {

/// Some rows of the columns of a cell, laid out as pair blocks read them: of the firsts what they leave, of
/// the seconds what they take.
class BlockRows {
 public:
  /// Rows of all columns that follow, a multiple of 4 with padding of 0.
  void set_rows(std::int64_t stride);

  /// Columns of the firsts of the next blocks. What they leave is rest − column.
  void fill_firsts(const float* rest, std::span<const float* const> columns);

  /// Puts a number in the place of what first f leaves in a row.
  void set_first(std::size_t f, std::int64_t row, float value);

  /// Columns of the seconds of the next blocks, any number.
  void fill_seconds(std::span<const float* const> columns);

  /// The next block begins with one of these seconds, the first of a strip.
  void begin_with(std::int64_t second) { begin_ = second; }

  /// What `count` seconds of the block take in a row, and whatever else their last strip holds.
  void of_seconds(std::int64_t row, std::int64_t count, std::array<float, block_seconds>& to) const;

  /// The rows' part of a block; its other fields are the caller's.
  PairBlock block(std::int64_t firsts, std::int64_t seconds, std::int64_t rows, const float* share) const;

 private:
  std::span<const float* const> padded(std::span<const float* const> columns, std::int64_t group);

  std::int64_t stride_ = 0;
  std::int64_t begin_ = 0;
  AlignedArray panels_;
  AlignedArray strips_;
  AlignedArray nothing_;              // the column of genes that pad both
  std::vector<const float*> padded_;  // columns, and that one
};

}  // namespace dko
