#pragma once
// The arithmetic of a block of hidden units, in vectors of one instruction set. Shared by this room's
// sources only.
//
// A block has V vectors of L lanes, V·L units; an array of it has that many floats for each gene (weights) or
// cell (activations), one row after the other, each row aligned to its vectors.

#include <cstdint>

#include "adam_step.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko {

/// Which rows of weights belong to each cell: those of the genes at its places [first[c], last[c]).
struct PanelOfCells {
  std::int64_t cells = 0;
  std::int64_t last_gene = 0;          ///< of the panel, behind its genes
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

/// Outputs o = bias[g] + Σ over the units of rows[g] · activations[c], block after block: the first begins,
/// the last folds what is L sums of each pair, lane by lane, until then.
struct OutputRows {
  PanelOfGenes panel;
  const float* rows = nullptr;         ///< of the block's W2
  const float* next_rows = nullptr;    ///< of the next block's, to be fetched to the cache
  std::int64_t next_width = 0;         ///< floats of such a row
  const float* activations = nullptr;  ///< of the block
  float* partial = nullptr;            ///< L sums of each pair, counted from the first of the panel
  const float* bias = nullptr;
  const std::int64_t* place = nullptr;  ///< by pair
  float* outputs = nullptr;             ///< by place
};

/// Weights before and after an update (which may be the same array) and their moments.
struct AdamArrays {
  const float* before = nullptr;
  float* after = nullptr;
  float* first_moment = nullptr;
  float* second_moment = nullptr;
};

inline constexpr std::int64_t most_block_vectors = 8;
inline constexpr std::int64_t panel_rows = 64;  ///< genes of a panel, but for the last
inline constexpr std::int64_t fold_pairs = 4;   ///< pairs at a time

/// Functions for one instruction set and number of vectors.
struct UnitBlockFunctions {
  /// sums[c] += Σ rows[g] over the genes that the cell expresses.
  void (*add_rows)(const PresenceOfCells& panel, const float* rows, float* sums);
  /// sums[c] += Σ factor[place] · rows[g].
  void (*add_scaled_rows)(const PanelOfCells& panel, const float* factor, const float* rows, float* sums);
  /// Outputs of some genes, or a block's part of them; [whether it is the first block][the last].
  void (*products[2][2])(const OutputRows& of);
  /// gradient[g] = Σ factor[pair] · activations[c]
  void (*gradients)(const PanelOfGenes& panel, const float* factor, const float* activations,
                    float* gradient);
  /// A step of Adam with that gradient.
  void (*update)(const PanelOfGenes& panel, const float* factor, const float* activations,
                 const AdamStep& step, const AdamArrays& arrays);
};

/// Functions for one instruction set, for any number of vectors.
struct VectorFunctions {
  std::int64_t lanes;
  UnitBlockFunctions of_vectors[most_block_vectors];  ///< of 1, 2, … vectors
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
