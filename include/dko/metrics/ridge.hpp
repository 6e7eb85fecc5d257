#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

struct RidgePrediction {
  std::vector<float> profiles;
  double penalty = 0;  ///< λ
};

/// A ridge regression per gene, in closed form: of p_i·n over the known cells that express gene i on the
/// presence of all genes, with an intercept,
///
///     min_β Σ_c (p_ci n_c − β_0 − β·z_c)² + λ |β|²
///
/// negative predictions cut off at 0. One λ for all genes, of 1, √10, 10, … 1000: that with the least mean
/// Bray-Curtis distance on a random fifth of the known cells when fitted on the others; then all are fitted.
/// At most 1,000 known cells are used, at random. The ranks share the genes; the result is on all. Depends on
/// the seed alone, to rounding. `profiles` is the same on every rank. Collective.
RidgePrediction ridge_profiles(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                               std::span<const std::int64_t> cells, std::uint64_t seed,
                               const Communicator& ranks);

/// The same regression, of the cells and the penalty that ridge_profiles() would choose, as a mapping that
/// can lose genes: o_i = max(1e-9, β_0i + β_i·z). Its profiles are those of ridge_profiles(), to rounding.
/// The ranks share the genes; the result is on all, with 12 bytes for each pair of genes. Collective.
CollapsedMapping ridge_mapping(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                               std::uint64_t seed, const Communicator& ranks);

/// What these regressions, fitted to all of `known` with each of the penalties λ, predict for some genes:
/// p·n, at least 0, penalties × cells × genes by rows, whether or not a cell expresses the gene. The ranks
/// share the genes; the result is on all. A gene costs the cube of its cells, or of all genes where those are
/// fewer. Collective.
std::vector<float> ridge_outputs(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                                 std::span<const std::int64_t> cells, std::span<const std::int32_t> genes,
                                 std::span<const double> lambdas, const Communicator& ranks);

}  // namespace dko
