#include "state_choice.hpp"

#include <algorithm>
#include <array>

#include "dko/expression/abundance.hpp"

namespace dko {

namespace {

constexpr std::array<std::int64_t, 5> choices{0, 1, 2, 4, most_factors};
constexpr std::int32_t folds = 5;
constexpr PenaltyPath path{.folds = folds, .ratio = 0.5};
constexpr double tolerance = 0.001;
constexpr std::uint64_t seed = 1;  // of the folds, whatever the seed of the fit

/// By distances of genes (rows) with each number of factors.
std::int64_t best_number(const std::vector<std::int64_t>& tried, const std::vector<double>& distances) {
  std::vector<double> sums(tried.size(), 0.0);
  for (std::size_t at = 0; at < distances.size(); ++at) {
    if (distances[at] >= 0) sums[at % tried.size()] += distances[at];
  }
  const double best = *std::min_element(sums.begin(), sums.end());
  const auto found =
      std::find_if(sums.begin(), sums.end(), [&](double sum) { return sum <= best * (1 + tolerance); });
  return tried[static_cast<std::size_t>(found - sums.begin())];
}

}  // namespace

std::vector<std::int64_t> factor_choices(std::int64_t factors) {
  const auto end = std::upper_bound(choices.begin(), choices.end(), factors);
  return {choices.begin(), end};
}

std::vector<std::int32_t> judging_genes(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                                        const Communicator& communicator) {
  const std::vector<std::int32_t> all = most_abundant_genes(profiles, cells, most_judging_genes);
  std::vector<std::int32_t> own;
  for (std::size_t at = static_cast<std::size_t>(communicator.rank()); at < all.size();
       at += static_cast<std::size_t>(communicator.size()))
    own.push_back(all[at]);
  return own;
}

std::size_t place_of_judging(std::size_t at, const Communicator& communicator) {
  return static_cast<std::size_t>(communicator.rank()) + at * static_cast<std::size_t>(communicator.size());
}

DealtTable factor_distances(std::int64_t factors, const Communicator& communicator) {
  return {most_judging_genes, factor_choices(factors).size(), communicator};
}

std::vector<std::int32_t> deal_into_folds(std::int64_t all_cells, std::span<const std::int64_t> cells,
                                          std::int32_t count, RandomStream random) {
  std::vector<std::int32_t> fold_of_cell(static_cast<std::size_t>(all_cells), 0);
  const std::vector<std::int64_t> order = random.permutation(std::ssize(cells));
  for (std::size_t at = 0; at < cells.size(); ++at)
    fold_of_cell[static_cast<std::size_t>(cells[at])] = static_cast<std::int32_t>(order[at] % count);
  return fold_of_cell;
}

void find_factor_distances(RegressionSetting setting, const CellState& state,
                           std::span<const std::int64_t> cells, const std::vector<std::int32_t>& judging,
                           DealtTable& distances, const Communicator& communicator, RegressionMemory& memory,
                           const std::function<void(std::int32_t)>& fitted) {
  const RelativeProfiles& profiles = *setting.profiles;
  setting.folds = folds;
  setting.fold_of_cell =
      deal_into_folds(profiles.cells(), cells, folds, RandomStream(seed, "folds of the state"));
  const std::vector<GeneCells> data = cells_of_genes(profiles, cells, judging);
  const std::vector<std::int64_t> tried = factor_choices(state.factors);
  setting.factors = tried.back();
  setting.state = state.scores(profiles, setting.factors);
  for (std::size_t at = 0; at < judging.size(); ++at) {
    const std::size_t place = place_of_judging(at, communicator);
    std::size_t unknown = 0;
    for (std::size_t choice = 0; choice < tried.size(); ++choice)
      unknown += distances.is_known(place, choice) ? 0 : 1;
    if (unknown == 0) continue;
    const std::vector<double> found =
        distances_by_factors(setting, judging[at], data[at], path, tried, memory);
    for (std::size_t choice = 0; choice < tried.size(); ++choice) distances.set(place, choice, found[choice]);
    for (std::size_t fit = 0; fit < unknown; ++fit) fitted(judging[at]);
  }
}

std::int64_t choose_factors(std::int64_t factors, const DealtTable& distances,
                            const Communicator& communicator) {
  return best_number(factor_choices(factors), distances.all(communicator));
}

}  // namespace dko
