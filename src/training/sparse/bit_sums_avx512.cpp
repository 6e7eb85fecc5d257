// Compiled for AVX-512 whatever the rest is compiled for; see bit_sums.hpp.
#include "bit_sums_x86_body.hpp"

namespace dko {

namespace {

constexpr std::size_t tiles_of_vector = 2;

__m512i words_of_tiles(const std::uint32_t* words, std::size_t stride) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(words_at(words)), words_at(words + stride), 1);
}

/// As add_tiles, two tiles in a vector: a table is there twice.
template <std::size_t vectors>
void add_wide_tiles(const std::uint32_t* words, std::size_t stride, const BlockTables* tables,
                    std::size_t blocks, float* sums) {
  __m512 found[vectors];
  for (__m512& sum : found) sum = _mm512_setzero_ps();
  for (std::size_t block = 0; block < blocks; ++block) {
    __m512i bits[vectors];
    for (std::size_t at = 0; at < vectors; ++at)
      bits[at] = words_of_tiles(words + tiles_of_vector * at * stride + block * columns_of_tile, stride);
#pragma GCC unroll 1
    for (const GroupTable& table : tables[block]) {
      const __m512 of_group = _mm512_broadcast_f32x8(_mm256_load_ps(table.sums.data()));
      for (std::size_t at = 0; at < vectors; ++at) {
        // Only the lowest three bits of each place tell sums apart.
        found[at] = _mm512_add_ps(found[at], _mm512_permutexvar_ps(bits[at], of_group));
        bits[at] = _mm512_srli_epi32(bits[at], group_rows);
      }
    }
  }
  for (std::size_t at = 0; at < vectors; ++at) {
    float* to = sums + at * tiles_of_vector * columns_of_tile;
    _mm512_storeu_ps(to, _mm512_add_ps(_mm512_loadu_ps(to), found[at]));
  }
}

void add_sums(const BitTiles& of, const float* values, float* sums) {
  constexpr std::size_t vectors = 4;
  constexpr std::size_t together = vectors * tiles_of_vector;
  add_by_chunks(of, values, [&](const std::uint32_t* words, const BlockTables* tables, std::size_t blocks) {
    std::size_t tile = 0;
    for (; tile + together <= of.tiles; tile += together)
      add_wide_tiles<vectors>(words + tile * of.stride, of.stride, tables, blocks,
                              sums + tile * columns_of_tile);
    for (; tile + tiles_of_vector <= of.tiles; tile += tiles_of_vector)
      add_wide_tiles<1>(words + tile * of.stride, of.stride, tables, blocks, sums + tile * columns_of_tile);
    if (tile < of.tiles)
      add_tiles<1>(words + tile * of.stride, of.stride, tables, blocks, sums + tile * columns_of_tile);
  });
}

/// How many ones each word of a tile has in common with another column.
__m256i common_of(const std::uint32_t* words, const std::uint32_t* of_other, std::size_t blocks) {
  __m256i found = _mm256_setzero_si256();
  for (std::size_t at = 0; at < blocks * columns_of_tile; at += columns_of_tile) {
    const __m256i common =
        _mm256_and_si256(words_at(words + at), _mm256_set1_epi32(static_cast<int>(of_other[at])));
    found = _mm256_add_epi32(found, _mm256_popcnt_epi32(common));
  }
  return found;
}

void add_common(const BitTiles& of, const std::uint32_t* of_other, float* counts) {
  add_counts<common_of>(of, of_other, counts);
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

const BitSums avx512_bit_sums{add_sums, add_common, add_column};

}  // namespace dko
