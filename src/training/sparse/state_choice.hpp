#pragma once
// How many factors of the cells' state a fit takes.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "cell_state.hpp"
#include "dko/base/random.hpp"
#include "dko/parallel/communicator.hpp"
#include "gene_fit.hpp"

namespace dko {

constexpr std::int64_t most_factors = 8;

/// The numbers of factors that are tried where there are at most `factors`: of 0, 1, 2, 4 and 8.
std::vector<std::int64_t> factor_choices(std::int64_t factors);

/// This rank's part of the genes by which they are judged: of the 100 most abundant, for errors in them
/// decide. Local.
std::vector<std::int32_t> judging_genes(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                                        const Communicator& communicator);

/// A fold for each of `all_cells`, drawn for those of `cells`; 0 for others.
std::vector<std::int32_t> deal_into_folds(std::int64_t all_cells, std::span<const std::int64_t> cells,
                                          std::int32_t folds, RandomStream random);

/// The least number of factors whose distance in five folds, each left out, is within 0.2 % of the best, by
/// the `judging` genes of all ranks. Factors are penalised as `setting` says. The folds are the same for
/// every seed, so that the number depends on the data alone. `fitted` is called after each fit of a gene.
/// Collective.
std::int64_t choose_factors(RegressionSetting setting, const CellState& state,
                            std::span<const std::int64_t> cells, const std::vector<std::int32_t>& judging,
                            const Communicator& communicator, GramMemory& memory,
                            const std::function<void(std::int32_t gene)>& fitted);

}  // namespace dko
