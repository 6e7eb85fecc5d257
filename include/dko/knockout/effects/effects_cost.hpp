#pragma once
// How long the effects of all losses take, by what is passed over.

#include <cstdint>
#include <span>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/effects/effect_rows.hpp"
#include "dko/mapping/sparse_mapping.hpp"

namespace dko {

/// Numbers that for_each_effect_row() passes over for the mappings of all members.
struct EffectsWork {
  /// Outputs of intact cells: dense Σ_c n_c², sparse all non-zeros of their columns and 30 a gene of a cell.
  double of_intact = 0;
  double of_losses = 0;  ///< Σ over lost genes of |C_g|, a sparse mapping's sets as so many more
  /// Sparse: Σ over lost genes g and genes t that g has an effect on of the cells that express t.
  double of_touched = 0;
  /// Dense: Σ over lost genes, and the cells of C_g, of the genes that the cell expresses.
  double of_profiles = 0;
  double of_untouched = 0;  ///< the same of a sparse mapping with untouched genes
};

/// `sparse` are the members of a sparse mapping; empty: `members` dense ones. Local.
EffectsWork effects_work(const ExpressionMatrix& matrix, const EffectsRequest& request,
                         std::span<const SparseMapping* const> sparse, std::int64_t members);

/// Seconds of one core, by instructions (callgrind) and user seconds of dko effects on 622 microglia, 500 to
/// 2,000 genes, on a busy AMD EPYC (Zen 3). Within a third of user seconds there.
struct EffectsSeconds {
  double of_node = 0;   ///< of each node, shared by its ranks: outputs of intact cells
  double of_ranks = 0;  ///< shared by all ranks: rows, and their entries
  double of_root = 0;   ///< of rank 0 alone: entries put into the table
};

/// `entries` are those of all rows, without what is left out later. Local.
EffectsSeconds effects_seconds(const EffectsWork& work, double entries, const EffectsRequest& request);

}  // namespace dko
