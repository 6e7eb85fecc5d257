#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "cell_batch.hpp"
#include "dko/base/aligned_array.hpp"
#include "dko/base/staggered_array.hpp"
#include "dko/mapping/mapping.hpp"
#include "dko/parallel/communicator.hpp"
#include "parameter_set.hpp"
#include "phase_clock.hpp"
#include "unit_block.hpp"

namespace dko {

/// Activations of the hidden units for a batch: block after block, in each a row per cell.
struct HiddenActivations {
  AlignedArray hidden;   ///< h
  AlignedArray slopes;   ///< ∂loss/∂h, of one block at a time
  AlignedArray partial;  ///< lane by lane sums of outputs, of some genes at a time
};

/// Some hidden units of the mapping with all that belongs to them: rows of W1, columns of W2, b1, their
/// moments, and the weights that were kept. They lie in blocks of as many units as there is room for in the
/// registers; of each block W1 and W2 are N rows of one value per unit. Lanes beyond the last unit hold zeros
/// and stay zero.
///
/// Kept weights cost no copy: where they are to be kept, an update writes to a second set of arrays, and the
/// two change places.
class HiddenUnits {
 public:
  /// Weights at the start of a training, the same numbers as Mapping::initialised gives.
  /// @param units which of the H; may be none
  /// @param keeps whether weights will ever be kept
  HiddenUnits(MappingShape shape, RankShare units, bool keeps, std::uint64_t seed,
              InstructionSet instructions);

  RankShare units() const { return units_; }
  std::int64_t blocks() const { return std::ssize(blocks_); }
  /// Units of a block, at most, with the widest vectors.
  static constexpr std::int64_t most_block_units = 16 * most_block_vectors;

  /// Floats that the gradient of a block takes.
  std::int64_t gradient_size(std::int64_t block) const { return (2 * shape_.genes + 1) * width(block); }

  /// Floats of HiddenActivations::slopes that a batch needs.
  std::int64_t most_slopes(const CellBatch& batch) const {
    return batch.cells() * most_block_vectors * vectors_->lanes;
  }

  /// h = W1 ẑ + b1 for each cell of the batch, and W2 h of these units plus the bias of each output (N of
  /// them), in the order of the batch's places. Local.
  void forward(const CellBatch& batch, std::span<const float> bias, HiddenActivations& activations,
               std::span<float> outputs) const;

  /// From the slopes of the outputs in the order of pairs by gene (`slopes`) and of places: gradients, never
  /// written to memory, and a step of Adam by them, block after block. Local.
  void update(const CellBatch& batch, std::span<const float> slopes_by_place, std::span<const float> slopes,
              const AdamStep& step, bool keep, HiddenActivations& activations, PhaseClock& clock);

  /// The gradient of one block, [ W1 | b1 | W2 ], into `gradient`. Local.
  void gradient(std::int64_t block, const CellBatch& batch, std::span<const float> slopes_by_place,
                std::span<const float> slopes, HiddenActivations& activations, float* gradient) const;
  /// A step of Adam for one block by its gradient. Local.
  void update(std::int64_t block, const float* gradient, const AdamStep& step, bool keep);

  /// To be called when all blocks are updated: with `keep` the weights from before the update are kept.
  void finish_update(bool keep);

  enum class Part { w1, w2, b1 };
  /// Kept weights are those of finish_update(true) last.
  using Set = ParameterSet;

  /// The units of a block, counted from the first of units().
  RankShare units_of(std::int64_t block) const;
  /// Rows of a part: N, or 1 of b1.
  std::int64_t rows(Part part) const { return part == Part::b1 ? 1 : shape_.genes; }
  /// Row after row one value per unit of the block: values[row · units + unit]. Local.
  void read(std::int64_t block, Set set, Part part, std::span<float> values) const;
  void write(std::int64_t block, Set set, Part part, std::span<const float> values);

  /// Local.
  bool is_finite(Set set) const;
  /// Gives up all but one set. Nothing can be updated afterwards.
  void keep_only(Set set);

 private:
  struct Block {
    std::int64_t first = 0;  ///< lane
    std::int64_t vectors = 0;
  };
  struct Arrays {
    StaggeredArray w1, w2, b1;
    StaggeredArray& of(Part part) { return part == Part::w1 ? w1 : part == Part::w2 ? w2 : b1; }
    const StaggeredArray& of(Part part) const { return const_cast<Arrays*>(this)->of(part); }
  };

  static std::size_t at(Set set) { return static_cast<std::size_t>(set); }
  Arrays& arrays(Set set) { return sets_[at(set)]; }
  const Arrays& arrays(Set set) const { return sets_[at(set)]; }
  void make_blocks();
  void initialise(std::uint64_t seed);
  std::int64_t width(std::int64_t block) const;
  const UnitBlockFunctions& functions(std::int64_t block) const;
  /// Offset of a block's first float in an array of that part.
  std::int64_t offset(std::int64_t block, Part part) const;
  const float* weights(std::int64_t block, Part part) const;
  AdamArrays adam_arrays(std::int64_t block, Part part, bool keep);

  /// Offset of a block's first float among the activations of a batch.
  std::int64_t activations_offset(std::int64_t block, const CellBatch& batch) const {
    return batch.cells() * blocks_[static_cast<std::size_t>(block)].first;
  }
  void hidden_of(std::int64_t block, const CellBatch& batch, float* hidden) const;
  /// One panel's share of ∂loss/∂h.
  void add_slopes(std::int64_t block, std::int64_t panel, const CellBatch& batch,
                  std::span<const float> slopes_by_place, float* slopes) const;

  MappingShape shape_;
  RankShare units_;
  const VectorFunctions* vectors_;
  std::vector<Block> blocks_;
  std::int64_t lanes_ = 0;  ///< of all blocks
  std::array<Arrays, 4> sets_;
};

}  // namespace dko
