#pragma once
// What the loss of one gene does to another, averaged over cells: predicted, and as methods without a mapping
// see it.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// One value for every ordered pair of genes.
class GenePairs {
 public:
  explicit GenePairs(std::int64_t genes)
      : genes_(genes), values_(static_cast<std::size_t>(genes * genes), 0.0) {}

  std::int64_t genes() const { return genes_; }
  double& at(std::int64_t lost, std::int64_t gene) {
    return values_[static_cast<std::size_t>(lost * genes_ + gene)];
  }
  double at(std::int64_t lost, std::int64_t gene) const {
    return values_[static_cast<std::size_t>(lost * genes_ + gene)];
  }
  std::span<double> values() { return values_; }

 private:
  std::int64_t genes_;
  std::vector<double> values_;
};

/// Bytes of the sums of predicted_effects() on each rank.
double gene_effects_bytes(std::int64_t genes);

/// Σ (q'_i − r_i) / Σ r_i over the cells that have both genes: q' the profile that the mapping predicts
/// without the lost gene, r the fitted profile without it, renormalised; of several members, of their mean
/// profiles. It is what dko explain --base fitted shows as network_change relative to renormalised: an effect
/// is the mapping's, and each cell's own shares would only add the noise of counting to a mean over cells.
/// Zero under pure rescaling, and where no cell has both. The ranks share the cells; the result is on all.
/// Collective.
GenePairs predicted_effects(const RelativeProfiles& profiles, std::span<const CollapsedMapping> members,
                            const Communicator& ranks);

/// Pearson's correlation of the values of two genes over all cells, 0 where one of them does not vary. Local.
GenePairs correlations(const ExpressionMatrix& data);

/// Partial correlation of two genes given all others, from the inverse of the correlation matrix, shrunk
/// towards the unit matrix by the intensity of Schäfer and Strimmer (2005), λ = Σ var(r_ij) / Σ r_ij². Local.
GenePairs partial_correlations(const ExpressionMatrix& data);

/// Welch's t of the share of a gene, renormalised without the other one, in the cells that lack the other one
/// against those that have it; of cells that express the gene. 0 with fewer than three cells on either side.
/// Local.
GenePairs contrasts(const RelativeProfiles& profiles);

}  // namespace dko
