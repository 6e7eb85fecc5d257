#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/score/direction.hpp"
#include "dko/knockout/score/score.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/mapping/model.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// What the knockout of K, or switching genes of K on, does to one gene, as predicted: means over cells, and
/// over the members of an ensemble, of relative profiles that sum to 1 over the genes. A cell that does not
/// express the gene counts with 0.
struct GeneChange {
  std::int32_t gene = 0;
  bool is_removed = false;  ///< whether it is one of K that is lost
  bool is_added = false;    ///< or one that is switched on
  std::int64_t cells = 0;   ///< of those averaged over, how many express it
  double before = 0;        ///< b, the base profile
  double after = 0;         ///< b'; 0 of the removed, or what they keep
  double renormalised = 0;  ///< r: b' of K, and b of the others, rescaled
  double change = 0;        ///< b' − b
  /// b' − r, what reaches it through other genes; 0 of K, and where rounding alone differs (1e-12).
  double network_change = 0;
  /// Sample standard deviations over the members of their mean changes; 0 of one member.
  double change_sd = 0;
  double network_change_sd = 0;
  /// log2(b'/r); nothing where either is 0, and of K.
  std::optional<double> log2_ratio;
  /// Least q-value of the direct effects of the lost genes on it (mapping/q_values.hpp), for whoever knows
  /// the model to fill in; nothing where there is no such effect.
  std::optional<double> direct_q;

  bool is_of_k() const { return is_removed || is_added; }
};

/// What genes undergo beside losses, as CellKernel has it.
struct OtherChanges {
  std::vector<std::int32_t> added = {};  ///< genes that are switched on, ascending
  double presence = 0;                   ///< F, which lost genes keep
};

/// One knockout in a cell, or averaged over cells.
struct Explanation {
  std::int64_t cells = 0;
  std::vector<GeneChange> genes;  ///< all that any of the cells expresses, in the order of their numbers
  /// Means over the cells, and their standard deviations over the members.
  KnockoutScores scores;
  /// Interactions of two genes, score({a,b}) − score({a}) − score({b}), beyond the sum of each; here each
  /// member has its own, and so there is a standard deviation.
  std::optional<KnockoutScores> interactions;
};

/// Σ b' − Σ r over cells, for means of which it is the change of a gene beyond rescaling; 0 where they differ
/// by rounding alone: by 1e-12 of their sum at most. Local.
double change_beyond_rescaling(double after, double renormalised);

/// The cells that express all of `genes` and at least one more, and none of `added`. Local.
std::vector<std::int64_t> cells_to_knock_out(const ExpressionMatrix& matrix,
                                             std::span<const std::int32_t> genes,
                                             std::span<const std::int32_t> added = {});

/// Explains the knockout of `removed` (gene numbers, ascending, distinct; with `others`) in `cells` (at least
/// one, each as cells_to_knock_out finds them); with a direction, shift and approach too. Arguments are the
/// same on all ranks, which share the cells; the result is the same to the bit for any number of them.
/// Collective.
AtRoot<Explanation> explain_knockout(const RelativeProfiles& profiles,
                                     std::span<const CollapsedMapping> members,
                                     std::span<const std::int32_t> removed,
                                     std::span<const std::int64_t> cells, const Communicator& ranks,
                                     Base base = Base::fitted, const Direction* direction = nullptr,
                                     const OtherChanges& others = {});

/// network_change / renormalised of every gene of the mapping, by which genes are ranked; NaN for K,
/// and those that no cell expresses. Of a sparse mapping 0 where no removed gene has an effect on
/// it: that its share moves, because all sum to 1, is no effect. Local.
std::vector<double> relative_changes(const Explanation& explanation,
                                     std::span<const CollapsedMapping> members);

/// Bytes that explaining takes on a node of `ranks` ranks by as many members, at most: as a screen, and sums
/// over cells of three profiles, twice and once more on their way. `matrix` has the genes of the model.
/// Local.
double explanation_bytes(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                         MappingKind kind, std::int64_t members, int ranks);

/// By what genes are ranked.
enum class ChangeOrder { network_change, change };

/// Puts the genes of K first, then those of the largest change, either way; equal ones by number.
void sort_changes(std::vector<GeneChange>& genes, ChangeOrder order);

}  // namespace dko
