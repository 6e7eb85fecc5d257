#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "cell_batch.hpp"
#include "dko/base/aligned_array.hpp"
#include "dko/mapping/mapping.hpp"
#include "parameter_set.hpp"
#include "unit_block.hpp"

namespace dko {

/// The biases of the outputs, b2, with their moments and those that were kept: small, and the same on every
/// rank. Kept as HiddenUnits keeps weights.
class OutputBias {
 public:
  using Set = ParameterSet;

  OutputBias(MappingShape shape, std::uint64_t seed, InstructionSet instructions);

  std::span<const float> of(Set set) const { return {sets_[at(set)].data(), genes_}; }
  std::span<float> of(Set set) { return {sets_[at(set)].data(), genes_}; }

  /// Σ of the slopes of each output over the cells of the batch; the floats beyond N are zero. Local.
  std::span<float> gradient(const CellBatch& batch, std::span<const float> slopes);
  /// A step of Adam by what gradient() returned. Local.
  void update(const AdamStep& step, bool keep);

 private:
  static std::size_t at(Set set) { return static_cast<std::size_t>(set); }

  const VectorFunctions* vectors_;
  std::size_t genes_;
  std::array<AlignedArray, 4> sets_;
  AlignedArray gradient_;
};

}  // namespace dko
