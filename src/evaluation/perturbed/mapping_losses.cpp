// What the mapping and a ridge regression in its place say of a loss.
#include <algorithm>
#include <numeric>

#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/metrics/metrics.hpp"
#include "dko/metrics/ridge.hpp"
#include "evaluation/change_sums.hpp"
#include "predicted_losses.hpp"

namespace dko {

namespace {

/// Adds what the loss of the gene at `position` of a loaded cell does beyond rescaling.
void add_direct(EnsembleKernel& kernel, std::span<const std::int32_t> expressed,
                std::span<const double> before, std::int32_t position, ChangeSums& sums) {
  const double rest = 1 - before[static_cast<std::size_t>(position)];
  if (!(rest > 0)) return;
  const std::vector<double> after = kernel.profile_after(std::span(&position, 1));
  std::vector<double> factors;
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (static_cast<std::int32_t>(at) != position && before[at] > 0)
      factors.push_back(after[at] * rest / before[at]);
  }
  const double common = known_median(std::move(factors)).value_or(0);
  if (!(common > 0)) return;
  ++sums.cells_before;
  ++sums.cells_after;
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (static_cast<std::int32_t>(at) == position) continue;
    const auto gene = static_cast<std::size_t>(expressed[at]);
    sums.before[gene] += before[at] / rest;
    sums.after[gene] += after[at] / common;
  }
}

}  // namespace

PredictedLosses losses_by_mapping(const LossQuestion& question) {
  const auto means =
      predicted_changes(question.profiles, question.members, question.lost, question.ranks, question.base);
  return {"mapping", true, true, log2_changes(means, question.lost)};
}

PredictedLosses direct_losses(const LossQuestion& question) {
  const RelativeProfiles& profiles = question.profiles;
  const std::vector<std::int32_t> place = places_of(question.lost, profiles.genes());
  std::vector<ChangeSums> sums = no_change_sums(question.lost, profiles.genes());
  EnsembleKernel kernel(question.members, best_instruction_set(), question.base);
  for (std::int64_t cell = question.ranks.rank(); cell < profiles.cells(); cell += question.ranks.size()) {
    const auto expressed = profiles.expressed(cell);
    if (expressed.size() < 2) continue;
    kernel.load(intact_cell(profiles, cell));
    const std::vector<double> before = kernel.intact_profile();
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      const std::int32_t wanted = place[static_cast<std::size_t>(expressed[at])];
      if (wanted >= 0)
        add_direct(kernel, expressed, before, static_cast<std::int32_t>(at),
                   sums[static_cast<std::size_t>(wanted)]);
    }
  }
  const auto means = means_over_ranks(std::move(sums), question.ranks);
  return {"mapping, direct effects", true, true, log2_changes(means, question.lost)};
}

PredictedLosses losses_by_ridge(const LossQuestion& question) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(question.profiles.cells()));
  std::iota(all.begin(), all.end(), 0);
  const CollapsedMapping ridge = ridge_mapping(question.profiles, all, question.seed, question.ranks);
  const auto means =
      predicted_changes(question.profiles, std::span(&ridge, 1), question.lost, question.ranks);
  return {"ridge knockouts", true, true, log2_changes(means, question.lost)};
}

}  // namespace dko
