#pragma once
// Contract between the dense pair kernel and its versions for each instruction set. Those are compiled for
// machines other than the one they may be linked on, so nothing with inline functions of its own may be
// included here: the linker keeps one copy of such a function, perhaps the one this machine cannot run.

#include <cstdint>

namespace dko {

enum class InstructionSet;

constexpr std::int64_t panel_firsts = 12;       ///< whole tiles of any version
constexpr std::int64_t strip_seconds = 16;      ///< likewise
constexpr std::int64_t ceiling_chains = 8;      ///< of elements_from_registers
constexpr std::int64_t block_firsts = 192;      ///< a chunk of their rows stays in the second-level cache
constexpr std::int64_t block_seconds = 64;      ///< leading dimension of a block's arrays
constexpr std::int64_t block_chunk_rows = 192;  ///< a tile's part of these stays in the first-level cache

static_assert(block_firsts % panel_firsts == 0 && block_seconds % strip_seconds == 0);

/// Sums over rows i for a block of pairs (first f, second s): Σ_i term(panel_f[i], strip_s[i], share[i],
/// parameter_fs). Single precision; all arrays aligned to 64 bytes.
///
/// A vector holds the seconds of one row: what belongs to a row and a first is one number for all of its
/// lanes, what belongs to a pair stays in its register from row to row, and no sum runs over lanes. Firsts
/// are therefore interleaved by panels, seconds by strips.
struct PairBlock {
  const float* panels;  ///< row i of first f at (⌊f/w⌋·stride + i)·w + f mod w, w = panel_firsts
  const float* strips;  ///< row i of second s likewise, w = strip_seconds
  std::int64_t stride;
  std::int64_t firsts;   ///< up to block_firsts; whole tiles are computed
  std::int64_t seconds;  ///< up to block_seconds; whole vectors are computed
  const float* share;
  std::int64_t rows;
  const float* parameter;  ///< at f·block_seconds + s
  float* sums;             ///< likewise
  /// Pair (f, s) is wanted where diagonal + s > f; vectors without such a pair are left out.
  std::int64_t diagonal;
};

/// A version of each term, and for comparison `rounds` times `ceiling_chains` vectors of elements
/// as largest_sums computes them, but from registers, whose sums do not wait for each other; returns the sum
/// of all. An element is three operations (four on x86 without fused multiply-add; the compiler adds a copy
/// between registers, which most processors drop).
struct PairBlockFunctions {
  std::int64_t lanes;                            ///< of a vector
  void (*largest_sums)(const PairBlock&);        ///< max(p, c − share·t)
  void (*crossings)(const PairBlock&);           ///< max(0, c − p)
  void (*weighted_crossings)(const PairBlock&);  ///< share·max(0, c − p)
  void (*losses)(const PairBlock&);              ///< min(0, |p − c| − share·t)
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
