#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bit_sums.hpp"

namespace dko {

/// Columns of zeros and ones over the rows of a regression, as bits: a word for every 32 rows, a block. The
/// words of 16 columns, a tile, lie beside each other, block after block: sums over the rows take some
/// columns at a time.
class BitColumns {
 public:
  static constexpr std::size_t block_rows = bits_of_block;
  static constexpr std::size_t tile_columns = columns_of_tile;

  /// So many columns, whose words are yet to be set, but for columns that fill up the last tile; `rows` is a
  /// multiple of block_rows. What was there is lost, its memory is kept.
  void resize(std::size_t rows, std::size_t columns);
  /// The same of zeros.
  void reset(std::size_t rows, std::size_t columns);

  std::size_t columns() const { return columns_; }
  std::size_t blocks() const { return blocks_; }
  /// Columns, filled up to whole tiles.
  std::size_t padded_columns() const { return tiles_of(columns_) * tile_columns; }

  /// Bit r is row 32 · block + r.
  std::uint32_t word(std::size_t block, std::size_t column) const {
    return lines_[line(block, column / tile_columns)].words[column % tile_columns];
  }
  void set_word(std::size_t block, std::size_t column, std::uint32_t word) {
    lines_[line(block, column / tile_columns)].words[column % tile_columns] = word;
  }
  /// The words of the columns of a tile.
  std::span<std::uint32_t> words_of(std::size_t block, std::size_t tile) {
    return lines_[line(block, tile)].words;
  }
  /// Adds a column of another with as many rows.
  void append(const BitColumns& from, std::size_t column);

  /// Adds to `sums`, an entry for each column from tile `first_tile` on, filled up to whole tiles, the values
  /// of those rows where the column has ones. `values` are of the rows of whole blocks, the first of them
  /// `first_block`. The same bits on any processor.
  void add_sums(std::span<const float> values, std::size_t first_block, std::size_t first_tile,
                std::span<float> sums) const;

  /// Adds to `sums`, likewise, the values, whose tables these are, of those rows of these blocks where both a
  /// column and `column` have ones: the bits of add_sums() by their product with that.
  void add_common_sums(std::size_t column, std::span<const BlockTables> tables, std::size_t first_block,
                       std::size_t first_tile, std::span<float> sums) const;

  /// Adds to `counts`, likewise, in how many rows of these blocks both a column and `column` have ones: exact
  /// up to 2^24.
  void add_common(std::size_t column, std::size_t first_block, std::size_t blocks, std::size_t first_tile,
                  std::span<float> counts) const;
  /// Adds to `counts`, one a column, filled up to whole tiles, how many ones each has: exact likewise.
  void add_counts(std::span<float> counts) const;

  /// Adds x · `by` to the values of rows [first, first + values.size()).
  void add_column(std::size_t column, double by, std::size_t first, std::span<double> values) const;
  /// x times `values`, row by row, into `products`; both of all rows.
  void multiply(std::size_t column, std::span<const float> values, std::span<float> products) const;
  /// Ones in a column.
  std::int64_t count(std::size_t column) const;

  static double bytes(double rows, double columns) { return rows * columns / 8; }

 private:
  static std::size_t tiles_of(std::size_t columns) { return (columns + tile_columns - 1) / tile_columns; }
  BitTiles tiles_from(std::size_t first_tile, std::size_t first_block, std::size_t blocks) const {
    return {words_from(first_block, first_tile * tile_columns), blocks_ * tile_columns,
            tiles_of(columns_) - first_tile, blocks};
  }
  std::size_t line(std::size_t block, std::size_t tile) const { return tile * blocks_ + block; }
  /// A column's, from a block on.
  const std::uint32_t* words_from(std::size_t block, std::size_t column) const {
    return lines_.data()->words.data() + line(block, column / tile_columns) * tile_columns +
           column % tile_columns;
  }

  /// The words of a block of a tile.
  struct alignas(sizeof(std::uint32_t) * tile_columns) Line {
    std::array<std::uint32_t, tile_columns> words;
  };

  std::size_t blocks_ = 0;
  std::size_t columns_ = 0;
  std::vector<Line> lines_;
};

}  // namespace dko
