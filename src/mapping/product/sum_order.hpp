#pragma once
// In which order the H products of an element of A = W2·W1 are added up. It depends on the element's gene by
// row and by column, on N and on H alone: neither on which others are computed, nor on who computes them. It
// is that in which Eigen 3.4 adds up products of tiles of 256 × 1,024 for AVX with multiply-add, so that A
// has the bits that preset `release` gave all along:
//
//   Hidden units come in blocks (units_of_block). The products of a block are added to a sum that begins with
//   0; the sums of the blocks are added up, one after the other. In some rows (turns_of_row) two or four sums
//   take turns within a block, sum j getting units j, j + 2, … of the whole rounds; they are added up as
//   (0 + 1) + (2 + 3), and the units that are left go to the result.
//
// Nothing with inline functions of the library may be included: see product_block.hpp.

#include <cstdint>

namespace dko {

/// Hidden units of every block but the last.
std::int64_t units_of_block(std::int64_t hidden);

/// Whether the order is as above: in smaller and some odd shapes Eigen has others.
bool has_common_order(std::int64_t genes, std::int64_t hidden);

/// Sums that take turns in the row of a gene: 1, 2 or 4, but in tail columns 1.
std::int64_t turns_of_row(std::int64_t gene, std::int64_t genes);

/// Columns from here on are tail columns.
std::int64_t first_tail_column(std::int64_t genes);

/// Counts the units of the whole rounds of a block.
static inline std::int64_t units_in_turns(std::int64_t units, std::int64_t ways) {
  return ways == 4 ? units / 4 * 4 : units / 8 * 8;
}

}  // namespace dko
