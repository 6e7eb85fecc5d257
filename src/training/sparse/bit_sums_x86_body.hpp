#pragma once
// What the versions for AVX2 and AVX-512 have in common. Everything is in a namespace without a name: each is
// compiled for its own processors.

#include <immintrin.h>

#include <algorithm>

#include "bit_sums_body.hpp"

namespace dko {
namespace {

/// What any of the rows of each group add up to.
void tabulate_block(const float* values, BlockTables& tables) {
  for (std::size_t group = 0; group < groups_of_block; ++group) {
    const auto rows = values_of_group(values, group);
    const auto part = [&](std::size_t row) {
      return _mm256_mul_ps(_mm256_set1_ps(rows[row]), _mm256_loadu_ps(places_of_rows[row].data()));
    };
    _mm256_store_ps(tables[group].sums.data(), _mm256_add_ps(_mm256_add_ps(part(0), part(1)), part(2)));
  }
}

void tabulate(const float* values, std::size_t blocks, BlockTables* tables) {
  for (std::size_t at = 0; at < blocks; ++at) tabulate_block(values + at * bits_of_block, tables[at]);
}

/// The word of another column in a block; all ones if there is none.
int word_of_other(const std::uint32_t* of_other, std::size_t block) {
  return of_other == nullptr ? -1 : static_cast<int>(of_other[block * columns_of_tile]);
}

/// Adds to the sums of all tiles those of some blocks, whose tables these are.
using AddChunk = void (*)(const BitTiles& blocks, const BlockTables* tables, const std::uint32_t* of_other,
                          float* sums);

/// Blocks [from, from + chunk_blocks), or what there is of them.
BitTiles chunk_of(const BitTiles& of, std::size_t from) {
  return {of.words + from * columns_of_tile, of.stride, of.tiles, std::min(chunk_blocks, of.blocks - from)};
}

template <AddChunk add_chunk>
void add_sums(const BitTiles& of, const float* values, float* sums) {
  std::array<BlockTables, chunk_blocks> tables;
  for (std::size_t from = 0; from < of.blocks; from += chunk_blocks) {
    const BitTiles chunk = chunk_of(of, from);
    tabulate(values + from * bits_of_block, chunk.blocks, tables.data());
    add_chunk(chunk, tables.data(), nullptr, sums);
  }
}

template <AddChunk add_chunk>
void add_common_sums(const BitTiles& of, const std::uint32_t* of_other, const BlockTables* tables,
                     float* sums) {
  for (std::size_t from = 0; from < of.blocks; from += chunk_blocks)
    add_chunk(chunk_of(of, from), tables + from, of_other + from * columns_of_tile, sums);
}

}  // namespace
}  // namespace dko
