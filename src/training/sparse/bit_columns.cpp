#include "bit_columns.hpp"

#include <algorithm>
#include <bit>

namespace dko {

void BitColumns::resize(std::size_t rows, std::size_t columns) {
  blocks_ = rows / block_rows;
  columns_ = columns;
  lines_.resize(tiles_of(columns) * blocks_);
  if (columns % tile_columns == 0) return;
  for (std::size_t block = 0; block < blocks_; ++block) {
    const auto last = words_of(block, columns / tile_columns);
    std::fill(last.begin(), last.end(), 0);
  }
}

void BitColumns::reset(std::size_t rows, std::size_t columns) {
  resize(rows, columns);
  std::fill(lines_.begin(), lines_.end(), Line{});
}

void BitColumns::append(const BitColumns& from, std::size_t column) {
  ++columns_;
  lines_.resize(tiles_of(columns_) * blocks_, Line{});
  for (std::size_t block = 0; block < blocks_; ++block)
    set_word(block, columns_ - 1, from.word(block, column));
}

void BitColumns::add_sums(std::span<const float> values, std::size_t first_block, std::size_t first_tile,
                          std::span<float> sums) const {
  bit_sums().add_sums(tiles_from(first_tile, first_block, values.size() / block_rows), values.data(),
                      sums.data());
}

void BitColumns::add_common_sums(std::size_t column, std::span<const BlockTables> tables,
                                 std::size_t first_block, std::size_t first_tile,
                                 std::span<float> sums) const {
  bit_sums().add_common_sums(tiles_from(first_tile, first_block, tables.size()),
                             words_from(first_block, column), tables.data(), sums.data());
}

void BitColumns::add_common(std::size_t column, std::size_t first_block, std::size_t blocks,
                            std::size_t first_tile, std::span<float> counts) const {
  bit_sums().add_common(tiles_from(first_tile, first_block, blocks), words_from(first_block, column),
                        counts.data());
}

void BitColumns::add_counts(std::span<float> counts) const {
  const std::vector<std::uint32_t> ones(blocks_ * tile_columns, ~std::uint32_t{0});
  bit_sums().add_common(tiles_from(0, 0, blocks_), ones.data(), counts.data());
}

void BitColumns::add_column(std::size_t column, double by, std::size_t first,
                            std::span<double> values) const {
  const std::size_t last = first + values.size();
  const std::size_t whole = std::min(last, (first + block_rows - 1) / block_rows * block_rows);
  const auto add_rows = [&](std::size_t from, std::size_t to) {
    for (std::size_t row = from; row < to; ++row)
      values[row - first] +=
          by * static_cast<double>(word(row / block_rows, column) >> row % block_rows & 1U);
  };
  add_rows(first, whole);
  const std::size_t blocks = (last - whole) / block_rows;
  if (blocks > 0)
    bit_sums().add_column(words_from(whole / block_rows, column), blocks, by,
                          values.data() + (whole - first));
  add_rows(whole + blocks * block_rows, last);
}

void BitColumns::multiply(std::size_t column, std::span<const float> values,
                          std::span<float> products) const {
  for (std::size_t block = 0; block < blocks_; ++block) {
    const std::uint32_t bits = word(block, column);
    const std::size_t first = block * block_rows;
    for (std::size_t bit = 0; bit < block_rows; ++bit)
      products[first + bit] =
          values[first + bit] * static_cast<float>(static_cast<std::int32_t>(bits >> bit & 1U));
  }
}

std::int64_t BitColumns::count(std::size_t column) const {
  std::int64_t ones = 0;
  for (std::size_t block = 0; block < blocks_; ++block) ones += std::popcount(word(block, column));
  return ones;
}

}  // namespace dko
