// Compiled for AVX2 whatever the rest is compiled for; see bit_sums.hpp.
#include "bit_sums_x86_body.hpp"

namespace dko {

namespace {

constexpr std::size_t columns_of_vector = 8;
constexpr std::size_t vectors_of_tile = columns_of_tile / columns_of_vector;

__m256i words_at(const std::uint32_t* words) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
}

/// Adds the sums of `tiles` tiles beside each other to theirs, over the rows that `of_other` has, if it is
/// there.
template <std::size_t tiles>
void add_tiles(const std::uint32_t* words, std::size_t stride, const BlockTables* tables, std::size_t blocks,
               const std::uint32_t* of_other, float* sums) {
  constexpr std::size_t vectors = tiles * vectors_of_tile;
  __m256 found[vectors];
  for (__m256& sum : found) sum = _mm256_setzero_ps();
  for (std::size_t block = 0; block < blocks; ++block) {
    const __m256i other = _mm256_set1_epi32(word_of_other(of_other, block));
    __m256i bits[vectors];
    for (std::size_t at = 0; at < vectors; ++at)
      bits[at] = _mm256_and_si256(words_at(words + at / vectors_of_tile * stride + block * columns_of_tile +
                                           at % vectors_of_tile * columns_of_vector),
                                  other);
#pragma GCC unroll 1  // unrolled, it needs more registers than there are
    for (const GroupTable& table : tables[block]) {
      const __m256 of_group = _mm256_load_ps(table.sums.data());
      for (std::size_t at = 0; at < vectors; ++at) {
        // Only the lowest three bits of each place count.
        found[at] = _mm256_add_ps(found[at], _mm256_permutevar8x32_ps(of_group, bits[at]));
        bits[at] = _mm256_srli_epi32(bits[at], group_rows);
      }
    }
  }
  for (std::size_t at = 0; at < vectors; ++at) {
    float* to = sums + at * columns_of_vector;
    _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to), found[at]));
  }
}

void add_chunk(const BitTiles& of, const BlockTables* tables, const std::uint32_t* of_other, float* sums) {
  constexpr std::size_t together = 2;
  std::size_t tile = 0;
  for (; tile + together <= of.tiles; tile += together)
    add_tiles<together>(of.words + tile * of.stride, of.stride, tables, of.blocks, of_other,
                        sums + tile * columns_of_tile);
  for (; tile < of.tiles; ++tile)
    add_tiles<1>(of.words + tile * of.stride, of.stride, tables, of.blocks, of_other,
                 sums + tile * columns_of_tile);
}

/// How many ones each of eight columns has in common with another one.
__m256i common_of(const std::uint32_t* words, const std::uint32_t* of_other, std::size_t blocks) {
  const __m256i ones_of_four = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                                0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i four = _mm256_set1_epi8(0x0F);
  constexpr std::size_t most_blocks = 31;  // before a byte, which gets 8 of each, overflows
  __m256i found = _mm256_setzero_si256();
  for (std::size_t from = 0; from < blocks; from += most_blocks) {
    __m256i of_bytes = _mm256_setzero_si256();
    for (std::size_t block = from; block < std::min(blocks, from + most_blocks); ++block) {
      const __m256i common =
          _mm256_and_si256(words_at(words + block * columns_of_tile),
                           _mm256_set1_epi32(static_cast<int>(of_other[block * columns_of_tile])));
      const __m256i low = _mm256_and_si256(common, four);
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(common, 4), four);
      of_bytes = _mm256_add_epi8(of_bytes, _mm256_add_epi8(_mm256_shuffle_epi8(ones_of_four, low),
                                                           _mm256_shuffle_epi8(ones_of_four, high)));
    }
    const __m256i of_pairs = _mm256_maddubs_epi16(of_bytes, _mm256_set1_epi8(1));
    found = _mm256_add_epi32(found, _mm256_madd_epi16(of_pairs, _mm256_set1_epi16(1)));
  }
  return found;
}

void add_common(const BitTiles& of, const std::uint32_t* of_other, float* counts) {
  for (std::size_t at = 0; at < of.tiles * vectors_of_tile; ++at) {
    const std::uint32_t* words =
        of.words + at / vectors_of_tile * of.stride + at % vectors_of_tile * columns_of_vector;
    const __m256 found = _mm256_cvtepi32_ps(common_of(words, of_other, of.blocks));
    float* to = counts + at * columns_of_vector;
    _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to), found));
  }
}

void add_column(const std::uint32_t* words, std::size_t blocks, double by, double* values) {
  constexpr std::size_t rows = 4;
  const __m256d added = _mm256_set1_pd(by);
  for (std::size_t block = 0; block < blocks; ++block) {
    // The bits of the last rows become signs; those of the rows before follow them.
    __m256i bits =
        _mm256_sllv_epi64(_mm256_set1_epi64x(static_cast<long long>(words[block * columns_of_tile])),
                          _mm256_setr_epi64x(35, 34, 33, 32));
    for (std::size_t row = bits_of_block; row > 0; row -= rows) {
      const __m256d ones = _mm256_castsi256_pd(_mm256_cmpgt_epi64(_mm256_setzero_si256(), bits));
      double* of_rows = values + block * bits_of_block + row - rows;
      _mm256_storeu_pd(of_rows, _mm256_add_pd(_mm256_loadu_pd(of_rows), _mm256_and_pd(ones, added)));
      bits = _mm256_slli_epi64(bits, rows);
    }
  }
}

}  // namespace

const BitSums avx2_bit_sums{add_sums<add_chunk>, tabulate, add_common_sums<add_chunk>, add_common,
                            add_column};

}  // namespace dko
