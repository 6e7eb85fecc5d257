// Compiled for AVX2 whatever the rest is compiled for; see bit_sums.hpp.
#include "bit_sums_x86_body.hpp"

namespace dko {

namespace {

void add_sums(const BitTiles& of, const float* values, float* sums) {
  constexpr std::size_t together = 4;
  add_by_chunks(of, values, [&](const std::uint32_t* words, const BlockTables* tables, std::size_t blocks) {
    std::size_t tile = 0;
    for (; tile + together <= of.tiles; tile += together)
      add_tiles<together>(words + tile * of.stride, of.stride, tables, blocks, sums + tile * columns_of_tile);
    for (; tile < of.tiles; ++tile)
      add_tiles<1>(words + tile * of.stride, of.stride, tables, blocks, sums + tile * columns_of_tile);
  });
}

/// How many ones each word of a tile has in common with another column.
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
  add_counts<common_of>(of, of_other, counts);
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

const BitSums avx2_bit_sums{add_sums, add_common, add_column};

}  // namespace dko
