#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bit_columns.hpp"
#include "dko/expression/matrix.hpp"
#include "gene_inputs.hpp"
#include "presence.hpp"

namespace dko {

/// What the statistics of all genes share.
struct StatisticSetting {
  const RelativeProfiles* profiles = nullptr;
  std::vector<double> totals;  ///< T, one per cell
  std::vector<float> state;    ///< factors × cells
  std::int64_t factors = 0;
};

/// What the mapping leaves of y = p T of one gene i, on its scale y' (TargetScale), over the cells that
/// express it.
struct Residuals {
  double mean = 0;       ///< of y
  double deviation = 0;  ///< σ of the residuals; 0: too few cells, or nothing is left
  /// a, from 1/2 to 2: so much of Σ_j A_ij x_j explains y' best, beside the covariates. The fit was brought
  /// back from y' to y by a slope that it does not hold.
  double part = 1;
  // Values of the rows, filled up with zeros to whole blocks of BitColumns:
  std::vector<float> values;                   ///< y' − a Σ_j A_ij x_j without what the covariates explain
  std::vector<std::vector<float>> covariates;  ///< factors without their mean, orthonormal
};

/// `effects` are A_ij of `regulators`, `presence` that of all genes in the cells of the gene. Fewer than 20
/// cells give σ = 0.
Residuals residuals_of(const StatisticSetting& setting, const GeneCells& data, const GeneInputs& inputs,
                       const BitColumns& presence, std::span<const std::int32_t> regulators,
                       std::span<const double> effects);

/// Residuals::covariates of a gene that these cells express.
std::vector<std::vector<float>> residual_covariates(const StatisticSetting& setting,
                                                    std::span<const std::int64_t> cells);

/// What the residuals say of the presence x of every gene, beside the covariates, x̂ being what these leave of
/// x.
struct PresenceStatistics {
  std::vector<double> slope;  ///< Σ r x̂ / Σ x̂²; 0 where x hardly varies beside the covariates
  std::vector<double> error;  ///< σ / √Σ x̂²; 0 likewise
};

/// One of each of the genes, whose `presence` is that of so many cells.
PresenceStatistics presence_statistics(const Residuals& residuals, std::size_t cells,
                                       const BitColumns& presence, std::int64_t genes);

}  // namespace dko
