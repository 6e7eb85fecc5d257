#pragma once
// Contract between the sparse pair kernel and its versions for each instruction set, whose results are the
// same to the bit. As in pair_block.hpp, nothing with inline functions of its own may be included here.

#include <cstdint>

namespace dko {

enum class InstructionSet;

/// Arrays over second genes are whole vectors of any instruction set: of those of which a part is asked for
/// the rest is computed, too, and means nothing.
constexpr std::int64_t second_lanes = 16;

/// A gene t that the column of the first gene a touches, and what the columns of all genes do to it; in units
/// of S.
struct TouchedRow {
  const float* effects;  ///< A_tb of every gene b; 0 where its column does not touch t
  const float* after;    ///< p_t^b, likewise; `beyond` where its column does not touch t
  std::int64_t gene;     ///< t
  float number;          ///< t once more
  float left;            ///< what the loss of a leaves of the output before the floor
  float floor;
  float share;     ///< q_t
  float of_first;  ///< p_t^a
  float weight;    ///< v_t
};

/// What pairs of one first gene count twice, of the genes in `rows`, for the second genes [begin, end).
/// Arrays are by second gene and aligned to 64 bytes; sums are taken in the order of the rows. A row that is
/// the second gene itself is lost, and counts as touched by the first.
struct OverlapBlock {
  const TouchedRow* rows;
  std::int64_t count;
  std::int64_t begin;
  std::int64_t end;
  const float* numbers;   ///< 0, 1, 2 and so on
  float beyond;           ///< what no output reaches
  float* change;          ///< η
  float* untouched;       ///< u
  float* along;           ///< Σ v_t (p_t − q_t); null without a direction
  const float* one_more;  ///< 1 + θ
  float* losses;          ///< L
};

/// The tables of `second_lanes` genes side by side, filled up with infinity.
struct TurnGroup {
  std::int64_t start;    ///< place of its first number
  std::int64_t longest;  ///< entries of each
};

/// Entries below θ_b of the ascending table of the first gene, and of that of each second gene b in
/// [begin, end).
struct TurnBlock {
  const float* first;
  std::int64_t first_count;
  const TurnGroup* groups;  ///< of genes 0 to second_lanes − 1, and so on
  const float* turns;
  const float* theta;
  std::int64_t begin;
  std::int64_t end;
  std::int32_t* of_first;
  std::int32_t* of_second;
};

struct SparseBlockFunctions {
  void (*add_changes)(const OverlapBlock&);  ///< to η, u, and Σ v_t (p_t − q_t)
  void (*add_losses)(const OverlapBlock&);   ///< to L
  void (*count_turns)(const TurnBlock&);
};

/// The functions for an instruction set, which must be available.
const SparseBlockFunctions& sparse_block_functions(InstructionSet instructions);

extern const SparseBlockFunctions portable_sparse_block;
#ifdef DKO_HAS_X86_KERNELS
extern const SparseBlockFunctions avx2_sparse_block;
extern const SparseBlockFunctions avx512_sparse_block;
#endif

}  // namespace dko
