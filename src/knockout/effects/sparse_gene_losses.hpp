#pragma once

#include "gene_losses.hpp"
#include "row_sums.hpp"

namespace dko {

/// By sparse mappings: only genes that the column of the lost one touches have other outputs. With o_g the
/// output of the lost gene in a cell, S that of all, L = S − o_g and S' = L + Σ_t (o'_t − o_t) over the
/// touched genes t,
///
///     Σ b'_t = Σ_c o'_t/S',   Σ r_t = Σ_c o_t/L,
///     of a set s without g, W_s its outputs:   Σ b'_s = Σ_c (W_s/S' + Σ_{t ∈ s} (o'_t − o_t)/S'),   Σ r_s =
///     Σ_c W_s/L.
class SparseGeneLosses final : public GeneLosses {
 public:
  /// The ranks of each node sum up what its cells have of every set. Collective.
  SparseGeneLosses(const EffectsInput& input, const NodeGroup& nodes);
  EffectRow row(std::int32_t lost) override;

 private:
  /// One cell that loses the gene, by one member.
  struct Loss {
    std::int32_t cell = 0;
    std::int64_t at = 0;  // place of the lost gene
    double left = 0;      // L
    double after = 0;     // S'
  };

  std::vector<std::int32_t> genes_of_row(std::int32_t lost) const;
  void find_cells(std::int32_t lost);
  void fill_effects(std::size_t member, std::int32_t lost);
  void fill_totals(std::size_t member);
  double left_without(std::size_t member, const Loss& loss) const;
  double left_after(std::size_t member, const Loss& loss) const;
  double output_after(std::size_t member, std::size_t at, std::int64_t place, const Loss& loss) const;
  void add_untouched(std::size_t member);
  void add_genes(std::size_t member);
  void add_sets(std::size_t member, std::int32_t lost);
  void sum_sets(const NodeGroup& nodes);

  EffectsInput input_;
  RowSums sums_;
  std::vector<std::vector<std::int32_t>> sets_of_gene_;
  std::vector<NodeArray<double>> set_outputs_;  // of each member: cells × sets

  // The current row:
  std::vector<Loss> losses_;           // C_g
  std::vector<std::int32_t> loss_of_;  // of each cell: its number there, or -1
  std::vector<double> effects_;        // L_tg of each gene of the row: what its loss takes, per x
};

}  // namespace dko
