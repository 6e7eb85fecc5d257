#pragma once
// Sums over columns of bits, a block of 32 rows at a time, in vectors of one instruction set. Shared by this
// room's sources only.

#include <array>
#include <cstddef>
#include <cstdint>

#include "dko/system/instruction_set.hpp"

namespace dko {

inline constexpr std::size_t bits_of_block = 32;    ///< rows
inline constexpr std::size_t columns_of_tile = 16;  // a line of the cache for each block

// Values are looked up three rows at a time: their bits are the place of a sum among the eight that any of
// the three can have.
inline constexpr std::size_t group_rows = 3;
inline constexpr std::size_t groups_of_block = (bits_of_block + group_rows - 1) / group_rows;
inline constexpr std::size_t places_of_group = std::size_t{1} << group_rows;
struct alignas(32) GroupTable {
  std::array<float, places_of_group> sums;
};
using BlockTables = std::array<GroupTable, groups_of_block>;

/// Some blocks of some tiles: a tile has the words of its columns beside each other, block after block.
struct BitTiles {
  const std::uint32_t* words = nullptr;
  std::size_t stride = 0;  ///< words from one tile to the next
  std::size_t tiles = 0;
  std::size_t blocks = 0;
};

/// Functions for one instruction set. All give the same bits.
struct BitSums {
  /// Adds to `sums`, one a column, the `values` of the rows where it has ones. Values are added by threes of
  /// a block's rows, these one after the other over 32 blocks, and what these come to.
  void (*add_sums)(const BitTiles& tiles, const float* values, float* sums);
  /// Finds the tables of the values of some blocks.
  void (*tabulate)(const float* values, std::size_t blocks, BlockTables* tables);
  /// Adds to `sums` the values, by their tables, of the rows where both a column and another one have ones;
  /// the other's words are columns_of_tile apart. The bits of add_sums by values that are 0 where the other
  /// has none.
  void (*add_common_sums)(const BitTiles& tiles, const std::uint32_t* of_other, const BlockTables* tables,
                          float* sums);
  /// Adds to `counts`, one a column, in how many rows both it and another column have ones; the other's words
  /// are columns_of_tile apart. Exact up to 2^24.
  void (*add_common)(const BitTiles& tiles, const std::uint32_t* of_other, float* counts);
  /// Adds `by` to the values of the rows where a column, whose words are columns_of_tile apart, has ones.
  void (*add_column)(const std::uint32_t* words, std::size_t blocks, double by, double* values);
};

/// The widest that this machine can run and the environment allows. Local.
/// @throws UsageError as best_instruction_set(), which every command asks before
const BitSums& bit_sums();
/// @param instructions must be available; AVX-512 may be served by what AVX2 has, for it takes counts of
/// bits, too, which the first processors with AVX-512 lack.
const BitSums& bit_sums(InstructionSet instructions);

extern const BitSums portable_bit_sums;
#ifdef DKO_HAS_X86_KERNELS
extern const BitSums avx2_bit_sums;
extern const BitSums avx512_bit_sums;
#endif

}  // namespace dko
