#pragma once
// Contract between the dense pair kernel and its versions for each instruction set. Those are compiled for
// machines other than the one they may be linked on, so nothing with inline functions of its own may be
// included here: the linker keeps one copy of such a function, perhaps the one this machine cannot run.

#include <cstdint>

namespace dko {

enum class InstructionSet;

constexpr std::int64_t tile_seconds = 4;
constexpr std::int64_t most_tile_firsts = 12;    ///< a multiple of each version's
constexpr std::int64_t ceiling_chains = 8;       ///< of elements_from_registers
constexpr std::int64_t block_firsts = 96;        ///< their panel stays in the second-level cache
constexpr std::int64_t block_seconds = 64;       ///< leading dimension of a block's arrays
constexpr std::int64_t row_block_firsts = 4;     ///< by one vector of seconds, where rows are few
constexpr std::int64_t block_row_lanes = 16;     ///< rows come in whole vectors of any instruction set
constexpr std::int64_t block_chunk_rows = 1024;  ///< a tile's part of these stays in the first-level cache

/// Sums over rows i for a block of pairs (first f, second s): Σ_i term(panel_f[i], column_s[i], share[i],
/// parameter_fs). Single precision; all arrays aligned to 64 bytes.
struct PairBlock {
  const float* panel;  ///< of first f: panel + f·panel_stride
  std::int64_t panel_stride;
  std::int64_t firsts;          ///< multiple of the version's tile_firsts, up to block_firsts
  const float* const* columns;  ///< of second s
  std::int64_t seconds;         ///< multiple of tile_seconds, up to block_seconds
  const float* share;
  std::int64_t rows;       ///< multiple of the version's lanes
  const float* parameter;  ///< at f·block_seconds + s
  float* sums;             ///< likewise
  /// Pair (f, s) is wanted where diagonal + s > f; tiles without such a pair are left out.
  std::int64_t diagonal;
};

/// The same over few rows, with the seconds of a block side by side: Σ_i term(panel_f[i], rows_i[s],
/// share[i], parameter_fs).
struct RowBlock {
  const float* panel;  ///< of first f: panel + f·panel_stride
  std::int64_t panel_stride;
  std::int64_t firsts;   ///< multiple of row_block_firsts, up to block_firsts
  const float* rows;     ///< of row i: rows + i·block_seconds
  std::int64_t seconds;  ///< multiple of block_row_lanes, up to block_seconds
  const float* share;
  std::int64_t count;  ///< of rows
  const float* parameter;
  float* sums;
  std::int64_t diagonal;  ///< as in PairBlock
};

/// A version of each term, and for comparison `rounds` times `ceiling_chains` vectors of elements
/// as largest_sums computes them, but from registers, whose sums do not wait for each other; returns the sum
/// of all. An element is three operations (four on x86 without fused multiply-add; the compiler adds a copy
/// between registers, which most processors drop).
struct PairBlockFunctions {
  std::int64_t lanes;                      ///< of a vector
  std::int64_t tile_firsts;                ///< by tile_seconds pairs have their sums in registers at a time
  void (*largest_sums)(const PairBlock&);  ///< max(p, c − share·t)
  void (*crossings)(const RowBlock&);      ///< max(0, c − p)
  void (*weighted_crossings)(const RowBlock&);  ///< share·max(0, c − p)
  void (*losses)(const RowBlock&);              ///< min(0, |p − c| − share·t)
  float (*elements_from_registers)(std::int64_t rounds);
};

/// The functions for an instruction set, which must be available.
const PairBlockFunctions& pair_block_functions(InstructionSet instructions);

extern const PairBlockFunctions portable_pair_block;
#ifdef DKO_HAS_X86_KERNELS
extern const PairBlockFunctions avx2_pair_block;
extern const PairBlockFunctions avx512_pair_block;
#endif

}  // namespace dko
