#pragma once

#include "gene_losses.hpp"
#include "row_sums.hpp"

namespace dko {

/// By the original's mapping: the outputs of all genes of all cells that lose the gene, one cell at a time.
class DenseGeneLosses final : public GeneLosses {
 public:
  explicit DenseGeneLosses(const EffectsInput& input);
  EffectRow row(std::int32_t lost) override;

 private:
  void add_cell(std::size_t member, const CellOfGene& losing, std::int32_t lost);

  EffectsInput input_;
  RowSums sums_;
  std::vector<double> outputs_;  // of the current cell, after the loss
};

}  // namespace dko
