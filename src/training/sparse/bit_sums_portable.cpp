// For any machine.
#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "bit_sums_body.hpp"

namespace dko {

namespace {

void tabulate_block(const float* values, BlockTables& tables) {
  for (std::size_t group = 0; group < groups_of_block; ++group) {
    const auto rows = values_of_group(values, group);
    for (std::size_t place = 0; place < places_of_group; ++place)
      tables[group].sums[place] = rows[0] * places_of_rows[0][place] + rows[1] * places_of_rows[1][place] +
                                  rows[2] * places_of_rows[2][place];
  }
}

void tabulate(const float* values, std::size_t blocks, BlockTables* tables) {
  for (std::size_t at = 0; at < blocks; ++at) tabulate_block(values + at * bits_of_block, tables[at]);
}

void add_common_sums(const BitTiles& of, const std::uint32_t* of_other, const BlockTables* tables,
                     float* sums) {
  for (std::size_t from = 0; from < of.blocks; from += chunk_blocks) {
    const std::size_t blocks = std::min(chunk_blocks, of.blocks - from);
    for (std::size_t column = 0; column < of.tiles * columns_of_tile; ++column) {
      const std::uint32_t* words =
          of.words + column / columns_of_tile * of.stride + from * columns_of_tile + column % columns_of_tile;
      float found = 0;
      for (std::size_t at = 0; at < blocks; ++at) {
        std::uint32_t bits = words[at * columns_of_tile] & of_other[(from + at) * columns_of_tile];
        for (const GroupTable& table : tables[from + at]) {
          found += table.sums[bits % places_of_group];
          bits >>= group_rows;
        }
      }
      sums[column] += found;
    }
  }
}

void add_sums(const BitTiles& of, const float* values, float* sums) {
  std::vector<BlockTables> tables(of.blocks);
  tabulate(values, of.blocks, tables.data());
  const std::vector<std::uint32_t> ones(of.blocks * columns_of_tile, ~std::uint32_t{0});
  add_common_sums(of, ones.data(), tables.data(), sums);
}

void add_common(const BitTiles& of, const std::uint32_t* of_other, float* counts) {
  for (std::size_t column = 0; column < of.tiles * columns_of_tile; ++column) {
    const std::uint32_t* words = of.words + column / columns_of_tile * of.stride + column % columns_of_tile;
    std::int64_t found = 0;
    for (std::size_t at = 0; at < of.blocks * columns_of_tile; at += columns_of_tile)
      found += std::popcount(words[at] & of_other[at]);
    counts[column] += static_cast<float>(found);
  }
}

void add_column(const std::uint32_t* words, std::size_t blocks, double by, double* values) {
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::uint32_t bits = words[block * columns_of_tile];
    for (std::size_t bit = 0; bit < bits_of_block; ++bit)
      values[block * bits_of_block + bit] +=
          by * static_cast<double>(static_cast<std::int32_t>(bits >> bit & 1U));
  }
}

}  // namespace

const BitSums portable_bit_sums{add_sums, tabulate, add_common_sums, add_common, add_column};

}  // namespace dko
