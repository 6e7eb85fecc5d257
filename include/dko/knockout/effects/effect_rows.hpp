#pragma once
// What the loss of every gene does to every other, averaged over cells.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// Which effects are computed, the same on all ranks.
struct EffectsRequest {
  std::vector<std::int32_t> lost;  ///< genes that are lost, one at a time; ascending, distinct
  /// The group of each cell, 0 to labels − 1, or −1 for none of them; empty without groups.
  std::vector<std::int32_t> group_of_cell = {};
  std::int64_t labels = 0;
  /// Genes of each set, ascending, distinct.
  std::vector<std::vector<std::int32_t>> sets = {};
  /// Includes, for a sparse mapping, genes that the lost one has no effect on.
  bool with_untouched = false;

  /// All cells, and each label.
  std::int64_t groups() const { return 1 + labels; }
};

/// The loss of gene g in the cells that express it and at least one other gene, C_g, as explain_knockout()
/// says of it. Of group 0, all cells, and of the groups of cells in the order of their labels,
///
///     change_i = 1/|C_g| Σ_{c ∈ C_g} (b'_i − r_i),     relative_i = Σ (b'_i − r_i) / Σ r_i,
///
/// with b' the base profile after the loss, r = b/(1 − b_g) what rescaling the rest gives, and both 0 in
/// cells that do not express i: GeneChange::network_change, and the same over GeneChange::renormalised. Means
/// over the members of an ensemble. `change_sd` is the sample standard deviation over these.
///
/// In cells where a sparse mapping's column g does not touch i, b'_i/r_i = (S − o_g)/S' is one number for all
/// such genes: their shares move only because all sum to 1. They have no entry unless they are asked for; the
/// entries of all genes sum to 0, so that −Σ of the others is what they have together.
struct EffectRow {
  std::int32_t lost = 0;
  std::vector<std::int64_t> cells;  ///< by group: |C_g|
  std::vector<std::int32_t> genes;  ///< m of them that change in some group, ascending; never the lost one
  // groups × m, group by group:
  std::vector<double> change;
  std::vector<double> relative;    ///< 0 where no cell has both
  std::vector<double> change_sd;   ///< empty of one member
  std::vector<std::int64_t> both;  ///< cells of C_g that express the gene too
  // groups × sets, group by group: the same of Σ over the genes of a set but g.
  std::vector<double> set_change;
  std::vector<double> set_relative;
};

/// Rows that all ranks compute before rank 0 is given them: no more ranks than these have work.
inline constexpr std::int64_t effect_rows_in_round = 256;

/// Computes the rows of the request's genes and gives them to `use` at root, in their order. The lost genes
/// are dealt to the ranks; every row is computed by one rank, cell after cell, so that it is the same to the
/// bit for any number of them. A sparse mapping takes, beside the outputs of all cells once, O(Σ_{t touched}
/// cells of t + sets · |C_g|) a row, a dense one O(Σ_{c ∈ C_g} genes of c). `progress` counts rows.
/// Collective.
/// @throws CollectiveFailure of what `use` throws
void for_each_effect_row(const RelativeProfiles& profiles, std::span<const CollapsedMapping> members,
                         Base base, const EffectsRequest& request, const NodeGroup& nodes,
                         const std::function<void(const EffectRow&)>& use,
                         const ProgressCallback& progress = {});

/// Bytes that this takes on a node of `ranks` ranks, without the mapping and the profiles, at most. Local.
double effect_rows_bytes(const ExpressionMatrix& matrix, bool is_sparse, std::int64_t members,
                         const EffectsRequest& request, int ranks);

}  // namespace dko
