#include "sum_order.hpp"

#include <algorithm>

namespace dko {

namespace {

// Sizes of the blocks and panels that Eigen has for doubles in vectors of four, with the caches of
// eigen_product.cpp.
constexpr std::int64_t most_units = 248;
constexpr std::int64_t unrolled_units = 8;
constexpr std::int64_t tile_rows = 256;
constexpr std::int64_t whole_panel = 12;
constexpr std::int64_t vector_rows = 4;

}  // namespace

std::int64_t units_of_block(std::int64_t hidden) {
  if (hidden <= most_units) return hidden;
  const std::int64_t rest = hidden % most_units;
  if (rest == 0) return most_units;
  // As large as the last, as far as that takes no further block.
  return most_units -
         unrolled_units * ((most_units - 1 - rest) / (unrolled_units * (hidden / most_units + 1)));
}

bool has_common_order(std::int64_t genes, std::int64_t hidden) {
  return hidden > most_units && genes % tile_rows != 1;  // a tile of one row or column is no matrix to Eigen
}

std::int64_t turns_of_row(std::int64_t gene, std::int64_t genes) {
  const std::int64_t rows = std::min(tile_rows, genes - gene / tile_rows * tile_rows);
  const std::int64_t row = gene % tile_rows;
  const std::int64_t after_panels = rows % whole_panel;
  const std::int64_t in_panels = rows - after_panels + after_panels / (2 * vector_rows) * (2 * vector_rows);
  if (row < in_panels) return 1;
  return row < rows / 2 * 2 ? 2 : 4;
}

std::int64_t first_tail_column(std::int64_t genes) {
  return genes / 4 * 4;
}

}  // namespace dko
