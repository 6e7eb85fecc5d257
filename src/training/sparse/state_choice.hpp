#pragma once
// How many factors of the cells' state a fit takes.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "cell_state.hpp"
#include "dealt_table.hpp"
#include "dko/base/random.hpp"
#include "dko/parallel/communicator.hpp"
#include "gene_fit.hpp"

namespace dko {

inline constexpr std::int64_t most_factors = 8;
inline constexpr std::size_t most_judging_genes = 100;

/// The numbers of factors that are tried where there are at most `factors`: of 0, 1, 2, 4 and 8.
std::vector<std::int64_t> factor_choices(std::int64_t factors);

/// This rank's part of the genes by which they are judged: of the most abundant, at most most_judging_genes,
/// for errors in them decide. Local.
std::vector<std::int32_t> judging_genes(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                                        const Communicator& communicator);

/// Place among the genes of all ranks of the `at`-th of this rank's. Local.
std::size_t place_of_judging(std::size_t at, const Communicator& communicator);

/// Distances of the genes of all ranks by each number of factors, none known yet. Local.
DealtTable factor_distances(std::int64_t factors, const Communicator& communicator);

/// A fold for each of `all_cells`, drawn for those of `cells`; 0 for others.
std::vector<std::int32_t> deal_into_folds(std::int64_t all_cells, std::span<const std::int64_t> cells,
                                          std::int32_t folds, RandomStream random);

/// Finds the distances in five folds, each left out, of this rank's `judging` genes where they are not known.
/// Factors are penalised as `setting` says. The folds are the same for every seed, so that the number depends
/// on the data alone. `fitted` is called for each fit of a gene, when the distances of all of them are in the
/// table. Local.
void find_factor_distances(RegressionSetting setting, const CellState& state,
                           std::span<const std::int64_t> cells, const std::vector<std::int32_t>& judging,
                           DealtTable& distances, const Communicator& communicator, RegressionMemory& memory,
                           const std::function<void(std::int32_t gene)>& fitted);

/// Chooses of at most `factors` the least number whose distance is within 0.1 % of the best. Collective.
std::int64_t choose_factors(std::int64_t factors, const DealtTable& distances,
                            const Communicator& communicator);

}  // namespace dko
