#include "output_bias.hpp"

#include <utility>

namespace dko {

OutputBias::OutputBias(MappingShape shape, std::uint64_t seed, InstructionSet instructions)
    : vectors_(&vector_functions(instructions)), genes_(static_cast<std::size_t>(shape.genes)) {
  const std::int64_t lanes = vectors_->lanes;
  const std::int64_t padded = (shape.genes + lanes - 1) / lanes * lanes;
  for (AlignedArray& set : sets_) set.assign(padded, 0);
  gradient_.assign(padded, 0);
  initial_b2(shape, seed, of(Set::weights));
}

std::span<float> OutputBias::gradient(const CellBatch& batch, std::span<const float> slopes) {
  const auto starts = batch.gene_starts();
  for (std::size_t gene = 0; gene < genes_; ++gene) {
    float sum = 0;
    for (std::int64_t pair = starts[gene]; pair < starts[gene + 1]; ++pair)
      sum += slopes[static_cast<std::size_t>(pair)];
    gradient_[static_cast<std::int64_t>(gene)] = sum;
  }
  return {gradient_.data(), genes_};
}

void OutputBias::update(const AdamStep& step, bool keep) {
  AlignedArray& weights = sets_[at(Set::weights)];
  AlignedArray& kept = sets_[at(Set::kept)];
  vectors_->adam(gradient_.size(), gradient_.data(), step.without_decay(),
                 {weights.data(), keep ? kept.data() : weights.data(), sets_[at(Set::first_moment)].data(),
                  sets_[at(Set::second_moment)].data()});
  if (keep) std::swap(weights, kept);
}

}  // namespace dko
