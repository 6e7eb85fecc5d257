#pragma once
// What the versions for AVX2 and AVX-512 have in common. Everything is in a namespace without a name: each is
// compiled for its own processors.

#include <immintrin.h>

#include <algorithm>

#include "bit_sums_body.hpp"

namespace dko {
namespace {

/// What any of the rows of each group add up to.
void tabulate(const float* values, BlockTables& tables) {
  for (std::size_t group = 0; group < groups_of_block; ++group) {
    const auto rows = values_of_group(values, group);
    const auto part = [&](std::size_t row) {
      return _mm256_mul_ps(_mm256_set1_ps(rows[row]), _mm256_loadu_ps(places_of_rows[row].data()));
    };
    _mm256_store_ps(tables[group].sums.data(), _mm256_add_ps(_mm256_add_ps(part(0), part(1)), part(2)));
  }
}

__m256i words_at(const std::uint32_t* words) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
}

/// Adds the sums of `tiles` tiles beside each other to theirs.
template <std::size_t tiles>
void add_tiles(const std::uint32_t* words, std::size_t stride, const BlockTables* tables, std::size_t blocks,
               float* sums) {
  __m256 found[tiles];
  for (__m256& sum : found) sum = _mm256_setzero_ps();
  for (std::size_t block = 0; block < blocks; ++block) {
    __m256i bits[tiles];
    for (std::size_t tile = 0; tile < tiles; ++tile)
      bits[tile] = words_at(words + tile * stride + block * columns_of_tile);
#pragma GCC unroll 1  // unrolled, it needs more registers than there are
    for (const GroupTable& table : tables[block]) {
      const __m256 of_group = _mm256_load_ps(table.sums.data());
      for (std::size_t tile = 0; tile < tiles; ++tile) {
        // Only the lowest three bits of each place count.
        found[tile] = _mm256_add_ps(found[tile], _mm256_permutevar8x32_ps(of_group, bits[tile]));
        bits[tile] = _mm256_srli_epi32(bits[tile], group_rows);
      }
    }
  }
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    float* to = sums + tile * columns_of_tile;
    _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to), found[tile]));
  }
}

/// Adds sums of a chunk of blocks after the other; `add_chunk` does with its words and tables what is to be
/// done to all tiles.
template <class AddChunk>
void add_by_chunks(const BitTiles& of, const float* values, AddChunk add_chunk) {
  std::array<BlockTables, chunk_blocks> tables;
  for (std::size_t from = 0; from < of.blocks; from += chunk_blocks) {
    const std::size_t blocks = std::min(chunk_blocks, of.blocks - from);
    for (std::size_t at = 0; at < blocks; ++at) tabulate(values + (from + at) * bits_of_block, tables[at]);
    add_chunk(of.words + from * columns_of_tile, tables.data(), blocks);
  }
}

/// Adds what `common_of` counts of each tile's columns.
template <__m256i (*common_of)(const std::uint32_t* words, const std::uint32_t* of_other, std::size_t blocks)>
void add_counts(const BitTiles& of, const std::uint32_t* of_other, float* counts) {
  for (std::size_t tile = 0; tile < of.tiles; ++tile) {
    const __m256i found = common_of(of.words + tile * of.stride, of_other, of.blocks);
    float* to = counts + tile * columns_of_tile;
    _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to), _mm256_cvtepi32_ps(found)));
  }
}

}  // namespace
}  // namespace dko
