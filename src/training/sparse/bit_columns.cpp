#include "bit_columns.hpp"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>

namespace dko {

namespace {

constexpr std::size_t lanes = BitColumns::tile_columns;
// Three rows at a time: their bits are the place of a sum among the eight that any of the three can have.
constexpr std::size_t group_rows = 3;
constexpr std::size_t groups = (BitColumns::block_rows + group_rows - 1) / group_rows;
constexpr std::size_t chunk_blocks = 32;  // whose tables stay in the first cache

struct alignas(32) Table {
  std::array<float, lanes> sums;
};
using BlockTables = std::array<Table, groups>;

/// What any of the rows of each group add up to.
void tabulate(const float* values, BlockTables& tables) {
  constexpr std::array<float, lanes> first{0, 1, 0, 1, 0, 1, 0, 1};
  constexpr std::array<float, lanes> second{0, 0, 1, 1, 0, 0, 1, 1};
  constexpr std::array<float, lanes> third{0, 0, 0, 0, 1, 1, 1, 1};
  for (std::size_t group = 0; group < groups; ++group) {
    const float* of_group = values + group_rows * group;
    const float last = group + 1 < groups ? of_group[2] : 0;
#ifdef __AVX2__
    const auto part = [](float value, const std::array<float, lanes>& places) {
      return _mm256_mul_ps(_mm256_set1_ps(value), _mm256_loadu_ps(places.data()));
    };
    _mm256_store_ps(
        tables[group].sums.data(),
        _mm256_add_ps(_mm256_add_ps(part(of_group[0], first), part(of_group[1], second)), part(last, third)));
#else
    for (std::size_t at = 0; at < lanes; ++at)
      tables[group].sums[at] = of_group[0] * first[at] + of_group[1] * second[at] + last * third[at];
#endif
  }
}
static_assert(groups * group_rows == BitColumns::block_rows + 1);

/// Adds the sums of `tiles` tiles over some blocks, whose words begin `stride` after each other.
template <std::size_t tiles>
void add_tiles(const std::uint32_t* words, std::size_t stride, std::span<const BlockTables> tables,
               float* sums) {
#ifdef __AVX2__
  __m256 found[tiles];
  for (__m256& sum : found) sum = _mm256_setzero_ps();
  for (std::size_t block = 0; block < tables.size(); ++block) {
    __m256i bits[tiles];
    for (std::size_t tile = 0; tile < tiles; ++tile)
      bits[tile] = _mm256_loadu_si256(
          reinterpret_cast<const __m256i*>(words + tile * stride + block * BitColumns::tile_columns));
#pragma GCC unroll 1  // unrolled, it needs more registers than there are
    for (const Table& table : tables[block]) {
      const __m256 of_group = _mm256_load_ps(table.sums.data());
      for (std::size_t tile = 0; tile < tiles; ++tile) {
        // Only the lowest three bits of each place count.
        found[tile] = _mm256_add_ps(found[tile], _mm256_permutevar8x32_ps(of_group, bits[tile]));
        bits[tile] = _mm256_srli_epi32(bits[tile], group_rows);
      }
    }
  }
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    float* to = sums + tile * lanes;
    _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to), found[tile]));
  }
#else
  for (std::size_t column = 0; column < tiles * lanes; ++column) {
    const std::uint32_t* of_column = words + column / lanes * stride + column % lanes;
    float found = 0;
    for (std::size_t block = 0; block < tables.size(); ++block) {
      std::uint32_t bits = of_column[block * lanes];
      for (const Table& table : tables[block]) {
        found += table.sums[bits % lanes];
        bits >>= group_rows;
      }
    }
    sums[column] += found;
  }
#endif
}

/// The ones that the columns of a tile have in common with another column whose words are those of
/// `of_other` at the same places: added to `counts`.
void count_tile(const std::uint32_t* words, const std::uint32_t* of_other, std::size_t blocks,
                float* counts) {
#ifdef __AVX2__
  const __m256i ones_of_four = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                                0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i four = _mm256_set1_epi8(0x0F);
  constexpr std::size_t most_blocks = 31;  // before a byte, which gets 8 of each, overflows
  __m256i found = _mm256_setzero_si256();
  for (std::size_t from = 0; from < blocks; from += most_blocks) {
    __m256i of_bytes = _mm256_setzero_si256();
    for (std::size_t block = from; block < std::min(blocks, from + most_blocks); ++block) {
      const __m256i common =
          _mm256_and_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(words + block * lanes)),
                           _mm256_set1_epi32(static_cast<int>(of_other[block * lanes])));
      const __m256i low = _mm256_and_si256(common, four);
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(common, 4), four);
      of_bytes = _mm256_add_epi8(of_bytes, _mm256_add_epi8(_mm256_shuffle_epi8(ones_of_four, low),
                                                           _mm256_shuffle_epi8(ones_of_four, high)));
    }
    const __m256i of_pairs = _mm256_maddubs_epi16(of_bytes, _mm256_set1_epi8(1));
    found = _mm256_add_epi32(found, _mm256_madd_epi16(of_pairs, _mm256_set1_epi16(1)));
  }
  _mm256_storeu_ps(counts, _mm256_add_ps(_mm256_loadu_ps(counts), _mm256_cvtepi32_ps(found)));
#else
  for (std::size_t column = 0; column < lanes; ++column) {
    std::int64_t found = 0;
    for (std::size_t block = 0; block < blocks; ++block)
      found += std::popcount(words[block * lanes + column] & of_other[block * lanes]);
    counts[column] += static_cast<float>(found);
  }
#endif
}

}  // namespace

void BitColumns::resize(std::size_t rows, std::size_t columns) {
  blocks_ = rows / block_rows;
  columns_ = columns;
  words_.resize(padded_columns() * blocks_);
  if (columns % tile_columns == 0) return;
  for (std::size_t block = 0; block < blocks_; ++block) {
    const auto last = words_of(block, columns / tile_columns);
    std::fill(last.begin(), last.end(), 0);
  }
}

void BitColumns::reset(std::size_t rows, std::size_t columns) {
  resize(rows, columns);
  std::fill(words_.begin(), words_.end(), 0);
}

void BitColumns::append(const BitColumns& from, std::size_t column) {
  ++columns_;
  words_.resize(padded_columns() * blocks_, 0);
  for (std::size_t block = 0; block < blocks_; ++block)
    set_word(block, columns_ - 1, from.word(block, column));
}

void BitColumns::add_sums(std::span<const float> values, std::size_t first_block, std::size_t first_tile,
                          std::span<float> sums) const {
  constexpr std::size_t together = 4;
  std::array<BlockTables, chunk_blocks> room;
  const std::size_t stride = blocks_ * tile_columns;
  const std::size_t last = tiles_of(columns_);
  const std::size_t blocks = values.size() / block_rows;
  for (std::size_t from = 0; from < blocks; from += chunk_blocks) {
    const auto tables = std::span<BlockTables>(room).first(std::min(chunk_blocks, blocks - from));
    for (std::size_t at = 0; at < tables.size(); ++at)
      tabulate(values.data() + (from + at) * block_rows, tables[at]);
    const std::uint32_t* words = words_.data() + (first_block + from) * tile_columns;
    std::size_t tile = first_tile;
    for (; tile + together <= last; tile += together)
      add_tiles<together>(words + tile * stride, stride, tables,
                          sums.data() + (tile - first_tile) * tile_columns);
    for (; tile < last; ++tile)
      add_tiles<1>(words + tile * stride, stride, tables, sums.data() + (tile - first_tile) * tile_columns);
  }
}

void BitColumns::add_common(std::size_t column, std::size_t first_block, std::size_t blocks,
                            std::size_t first_tile, std::span<float> counts) const {
  const std::uint32_t* of_other = words_.data() + place(first_block, column);
  for (std::size_t tile = first_tile; tile < tiles_of(columns_); ++tile)
    count_tile(words_.data() + place(first_block, tile * tile_columns), of_other, blocks,
               counts.data() + (tile - first_tile) * tile_columns);
}

void BitColumns::add_column(std::size_t column, double by, std::size_t first,
                            std::span<double> values) const {
  for (std::size_t at = 0; at < values.size();) {
    const std::size_t row = first + at;
    const std::uint32_t bits = word(row / block_rows, column) >> row % block_rows;
    const std::size_t rows = std::min(block_rows - row % block_rows, values.size() - at);
    double* of_block = values.data() + at;
    for (std::size_t bit = 0; bit < rows; ++bit)
      of_block[bit] += by * static_cast<double>(static_cast<std::int32_t>(bits >> bit & 1U));
    at += rows;
  }
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
