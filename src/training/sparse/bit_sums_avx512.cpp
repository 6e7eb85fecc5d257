// Compiled for AVX-512 whatever the rest is compiled for; see bit_sums.hpp.
#include "bit_sums_x86_body.hpp"

namespace dko {

namespace {

__m512i words_of_tile(const std::uint32_t* words) {
  return _mm512_loadu_si512(words);
}

/// Adds the sums of `tiles` tiles beside each other to theirs, over the rows that `of_other` has, if it is
/// there. A table is twice in a vector.
template <std::size_t tiles>
void add_tiles(const std::uint32_t* words, std::size_t stride, const BlockTables* tables, std::size_t blocks,
               const std::uint32_t* of_other, float* sums) {
  __m512 found[tiles];
  for (__m512& sum : found) sum = _mm512_setzero_ps();
  for (std::size_t block = 0; block < blocks; ++block) {
    const __m512i other = _mm512_set1_epi32(word_of_other(of_other, block));
    __m512i bits[tiles];
    for (std::size_t tile = 0; tile < tiles; ++tile)
      bits[tile] = _mm512_and_si512(words_of_tile(words + tile * stride + block * columns_of_tile), other);
#pragma GCC unroll 1
    for (const GroupTable& table : tables[block]) {
      const __m512 of_group = _mm512_broadcast_f32x8(_mm256_load_ps(table.sums.data()));
      for (std::size_t tile = 0; tile < tiles; ++tile) {
        // Only the lowest three bits of each place tell sums apart.
        found[tile] = _mm512_add_ps(found[tile], _mm512_permutexvar_ps(bits[tile], of_group));
        bits[tile] = _mm512_srli_epi32(bits[tile], group_rows);
      }
    }
  }
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    float* to = sums + tile * columns_of_tile;
    _mm512_storeu_ps(to, _mm512_add_ps(_mm512_loadu_ps(to), found[tile]));
  }
}

void add_chunk(const BitTiles& of, const BlockTables* tables, const std::uint32_t* of_other, float* sums) {
  constexpr std::size_t together = 4;
  std::size_t tile = 0;
  for (; tile + together <= of.tiles; tile += together)
    add_tiles<together>(of.words + tile * of.stride, of.stride, tables, of.blocks, of_other,
                        sums + tile * columns_of_tile);
  for (; tile < of.tiles; ++tile)
    add_tiles<1>(of.words + tile * of.stride, of.stride, tables, of.blocks, of_other,
                 sums + tile * columns_of_tile);
}

void add_common(const BitTiles& of, const std::uint32_t* of_other, float* counts) {
  for (std::size_t tile = 0; tile < of.tiles; ++tile) {
    const std::uint32_t* words = of.words + tile * of.stride;
    __m512i found = _mm512_setzero_si512();
    for (std::size_t at = 0; at < of.blocks * columns_of_tile; at += columns_of_tile) {
      const __m512i other = _mm512_set1_epi32(static_cast<int>(of_other[at]));
      found =
          _mm512_add_epi32(found, _mm512_popcnt_epi32(_mm512_and_si512(words_of_tile(words + at), other)));
    }
    float* to = counts + tile * columns_of_tile;
    _mm512_storeu_ps(to, _mm512_add_ps(_mm512_loadu_ps(to), _mm512_cvtepi32_ps(found)));
  }
}

void add_column(const std::uint32_t* words, std::size_t blocks, double by, double* values) {
  constexpr std::size_t rows = 8;
  const __m512d added = _mm512_set1_pd(by);
  for (std::size_t block = 0; block < blocks; ++block) {
    std::uint32_t bits = words[block * columns_of_tile];
    for (std::size_t row = 0; row < bits_of_block; row += rows) {
      double* of_rows = values + block * bits_of_block + row;
      const __m512d before = _mm512_loadu_pd(of_rows);
      _mm512_storeu_pd(of_rows, _mm512_mask_add_pd(before, static_cast<__mmask8>(bits), before, added));
      bits >>= rows;
    }
  }
}

}  // namespace

const BitSums avx512_bit_sums{add_sums<add_chunk>, tabulate, add_common_sums<add_chunk>, add_common,
                              add_column};

}  // namespace dko
