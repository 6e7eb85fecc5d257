#include "plain_change.hpp"

#include <algorithm>

#include "full_network.hpp"

namespace dko::testing {

namespace {

std::size_t at(std::int32_t gene) {
  return static_cast<std::size_t>(gene);
}

/// Rescales the profile of these genes to a sum.
void rescale(std::vector<double>& profile, const std::vector<std::int32_t>& genes, double sum) {
  double total = 0;
  for (const std::int32_t gene : genes) total += profile[at(gene)];
  for (const std::int32_t gene : genes) profile[at(gene)] *= sum / total;
}

}  // namespace

std::vector<std::int32_t> PlainChange::kept(const GeneChanges& changes) const {
  std::vector<std::int32_t> kept;
  for (const std::int32_t gene : expressed) {
    if (std::find(changes.lost.begin(), changes.lost.end(), gene) == changes.lost.end()) kept.push_back(gene);
  }
  return kept;
}

/// Sets the profile on the genes that change, and returns its sum there.
double PlainChange::on_changed(const GeneChanges& changes, std::vector<double>& profile) const {
  const std::vector<double> after = outputs(changes);
  double all = 0;
  for (const std::int32_t gene : kept(changes)) all += after[at(gene)];
  for (const std::int32_t gene : changes.added) all += after[at(gene)];
  double sum = 0;
  for (const std::int32_t gene : changes.added) sum += profile[at(gene)] = after[at(gene)] / all;
  for (const std::int32_t gene : changes.lost) sum += profile[at(gene)] = changes.presence * base[at(gene)];
  return sum;
}

std::vector<double> PlainChange::profile(const GeneChanges& changes) const {
  const std::vector<double> before = outputs({});
  const std::vector<double> after = outputs(changes);
  std::vector<double> profile(base.size(), 0.0);
  for (const std::int32_t gene : kept(changes))
    profile[at(gene)] = base[at(gene)] * after[at(gene)] / before[at(gene)];
  const double sum = on_changed(changes, profile);
  rescale(profile, kept(changes), 1 - sum);
  return profile;
}

KnockoutScores PlainChange::scores(const GeneChanges& changes) const {
  const std::vector<double> after = profile(changes);
  std::vector<double> rescaled = base;
  const double sum = on_changed(changes, rescaled);
  rescale(rescaled, kept(changes), 1 - sum);
  KnockoutScores scores{full_distance(after, base), full_distance(after, rescaled)};
  for (const std::int32_t gene : changes.added) scores.share += after[at(gene)];
  return scores;
}

}  // namespace dko::testing
