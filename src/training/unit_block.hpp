#pragma once
// The arithmetic of a block of hidden units, in vectors of one instruction set. Shared by this room's
// sources only.
//
// A block has V vectors of L lanes, V·L units; an array of it has that many floats for each gene (weights) or
// cell (activations), one row after the other, each row aligned to its vectors.

#include <cstdint>

#include "adam_step.hpp"
#include "dko/parallel/instruction_set.hpp"

namespace dko {

/// Which rows of weights belong to each cell: those of the genes at its places [first[c], last[c]).
struct PanelOfCells {
  std::int64_t cells = 0;
  const std::int32_t* gene = nullptr;  ///< by place
  const std::int64_t* first = nullptr;
  const std::int64_t* last = nullptr;
};

/// The same for a sum of whole rows: of the genes listed, or, where these are fewer, of all genes of the
/// panel without those listed.
struct PresenceOfCells {
  std::int64_t cells = 0;
  std::int64_t first_gene = 0;  ///< of the panel
  std::int64_t last_gene = 0;
  const std::int32_t* gene = nullptr;
  const std::int64_t* starts = nullptr;  ///< of the cells' lists in `gene`
  const unsigned char* is_without = nullptr;
};

/// Which rows of activations belong to genes [first, last): those of the cells at [starts[g], starts[g+1]).
struct PanelOfGenes {
  std::int64_t first = 0;
  std::int64_t last = 0;
  const std::int64_t* starts = nullptr;
  const std::int32_t* cell = nullptr;  ///< by pair
};

/// Weights before and after an update (which may be the same array) and their moments.
struct AdamArrays {
  const float* before = nullptr;
  float* after = nullptr;
  float* first_moment = nullptr;
  float* second_moment = nullptr;
};

inline constexpr std::int64_t most_block_vectors = 8;
inline constexpr std::int64_t fold_pairs = 4;

/// Of one instruction set and number of vectors.
struct UnitBlockFunctions {
  /// sums[c] += Σ rows[g] over the genes that the cell expresses.
  void (*add_rows)(const PresenceOfCells& panel, const float* rows, float* sums);
  /// sums[c] += Σ factor[place] · rows[g].
  void (*add_scaled_rows)(const PanelOfCells& panel, const float* factor, const float* rows, float* sums);
  /// partial[pair] = rows[g] · activations[c], lane by lane: L sums of each pair, counted from the first of
  /// the panel. Fetches the same rows of `next` to the cache.
  void (*products)(const PanelOfGenes& panel, const float* rows, const float* next, const float* activations,
                   float* partial);
  /// The same, added to what is there.
  void (*add_products)(const PanelOfGenes& panel, const float* rows, const float* next,
                       const float* activations, float* partial);
  /// gradient[g] = Σ factor[pair] · activations[c]
  void (*gradients)(const PanelOfGenes& panel, const float* factor, const float* activations,
                    float* gradient);
  /// A step of Adam with that gradient.
  void (*update)(const PanelOfGenes& panel, const float* factor, const float* activations,
                 const AdamStep& step, const AdamArrays& arrays);
};

/// Of one instruction set, whatever the number of vectors.
struct VectorFunctions {
  std::int64_t lanes;
  UnitBlockFunctions of_vectors[most_block_vectors];  ///< of 1, 2, … vectors
  /// to[place[pair]] = bias[g] + the sum over the lanes of partial[pair], of which there must be room for
  /// `fold_pairs` − 1 more than the panel has. `place` is by pair, from the first of all.
  void (*fold)(const PanelOfGenes& panel, const float* partial, const float* bias, const std::int64_t* place,
               float* to);
  /// A step of Adam for `count` parameters, a multiple of the lanes.
  void (*adam)(std::int64_t count, const float* gradient, const AdamStep& step, const AdamArrays& arrays);
};

/// @param instructions must be available
const VectorFunctions& vector_functions(InstructionSet instructions);

extern const VectorFunctions portable_vector_functions;
#ifdef DKO_HAS_X86_KERNELS
extern const VectorFunctions avx2_vector_functions;
extern const VectorFunctions avx512_vector_functions;
#endif

}  // namespace dko
