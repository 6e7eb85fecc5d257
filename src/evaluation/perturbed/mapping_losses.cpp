// What the mapping and a ridge regression in its place say of a perturbation.
#include <algorithm>
#include <string>

#include "dko/base/numbers.hpp"
#include "dko/knockout/kernels/ensemble_kernel.hpp"
#include "dko/metrics/metrics.hpp"
#include "dko/metrics/ridge.hpp"
#include "evaluation/cell_events.hpp"
#include "evaluation/change_sums.hpp"
#include "predicted_losses.hpp"

namespace dko {

namespace {

/// Adds what it does beyond rescaling that the gene at `position` of a loaded cell is perturbed.
void add_direct(EnsembleKernel& kernel, std::span<const std::int32_t> expressed,
                std::span<const double> before, std::int32_t position, ChangeSums& sums) {
  const auto own = static_cast<std::size_t>(position);
  const double rest = own < before.size() ? 1 - before[own] : 1;
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
  const auto means = predicted_changes(question.profiles, question.members, question.lost, question.ranks,
                                       question.base, question.kind);
  return {"mapping", true, true, log2_changes(means, question.lost)};
}

PredictedLosses direct_losses(const LossQuestion& question) {
  const RelativeProfiles& profiles = question.profiles;
  CellEvents events(question.lost, question.kind);
  std::vector<ChangeSums> sums = no_change_sums(question.lost, profiles.genes());
  EnsembleKernel kernel(question.members, best_instruction_set(), question.base);
  kernel.set_presence(question.kind.presence);
  for (std::int64_t cell = question.ranks.rank(); cell < profiles.cells(); cell += question.ranks.size()) {
    events.find(profiles, cell);
    if (events.found().empty()) continue;
    kernel.load({intact_cell(profiles, cell), events.absent()});
    const std::vector<double> before = kernel.intact_profile();
    for (const CellEvent& event : events.found())
      add_direct(kernel, profiles.expressed(cell), before, event.position, sums[event.place]);
  }
  const auto means = means_over_ranks(std::move(sums), question.ranks);
  return {"mapping, direct effects", true, true, log2_changes(means, question.lost)};
}

PredictedLosses losses_by_ridge(const LossQuestion& question) {
  const auto all = numbers_below<std::int64_t>(question.profiles.cells());
  const CollapsedMapping ridge = ridge_mapping(question.profiles, all, question.seed, question.ranks);
  const auto means = predicted_changes(question.profiles, std::span(&ridge, 1), question.lost, question.ranks,
                                       Base::fitted, question.kind);
  return {"ridge " + std::string(words_of(question.kind).event) + "s", true, true,
          log2_changes(means, question.lost)};
}

}  // namespace dko
