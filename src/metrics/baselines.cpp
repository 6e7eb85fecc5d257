#include "dko/metrics/baselines.hpp"

namespace dko {

namespace {

/// What is averaged: the share, times a power (0 or 1) of the number of expressed genes.
enum class Of { share, scaled_share };

std::vector<double> mean_shares(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                                Of what) {
  std::vector<double> sums(static_cast<std::size_t>(profiles.genes()), 0.0);
  std::vector<double> counts(sums.size(), 0.0);
  for (const std::int64_t cell : known) {
    const auto genes = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    const double scale = what == Of::share ? 1.0 : static_cast<double>(genes.size());
    for (std::size_t at = 0; at < genes.size(); ++at) {
      sums[static_cast<std::size_t>(genes[at])] += scale * static_cast<double>(shares[at]);
      counts[static_cast<std::size_t>(genes[at])] += 1;
    }
  }
  for (std::size_t gene = 0; gene < sums.size(); ++gene) {
    if (counts[gene] > 0) sums[gene] /= counts[gene];
  }
  return sums;
}

/// One weight a gene for all cells, renormalised over the genes that each expresses.
std::vector<float> profiles_of_weights(const RelativeProfiles& profiles, const std::vector<double>& weights,
                                       std::span<const std::int64_t> cells) {
  std::vector<float> predicted(cells.size() * weights.size(), 0.0F);
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto genes = profiles.expressed(cells[row]);
    double total = 0;
    for (const std::int32_t gene : genes) total += weights[static_cast<std::size_t>(gene)];
    if (!(total > 0)) continue;
    for (const std::int32_t gene : genes) {
      const auto at = static_cast<std::size_t>(gene);
      predicted[row * weights.size() + at] = static_cast<float>(weights[at] / total);
    }
  }
  return predicted;
}

}  // namespace

std::vector<double> mean_shares_where_expressed(const RelativeProfiles& profiles,
                                                std::span<const std::int64_t> known) {
  return mean_shares(profiles, known, Of::share);
}

std::vector<float> mean_share_profiles(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                                       std::span<const std::int64_t> cells) {
  return profiles_of_weights(profiles, mean_shares_where_expressed(profiles, known), cells);
}

std::vector<float> mean_scaled_share_profiles(const RelativeProfiles& profiles,
                                              std::span<const std::int64_t> known,
                                              std::span<const std::int64_t> cells) {
  return profiles_of_weights(profiles, mean_shares(profiles, known, Of::scaled_share), cells);
}

std::vector<float> dense_profiles(const RelativeProfiles& profiles, std::span<const std::int64_t> cells) {
  const auto width = static_cast<std::size_t>(profiles.genes());
  std::vector<float> dense(cells.size() * width, 0.0F);
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto genes = profiles.expressed(cells[row]);
    const auto shares = profiles.values(cells[row]);
    for (std::size_t at = 0; at < genes.size(); ++at)
      dense[row * width + static_cast<std::size_t>(genes[at])] = shares[at];
  }
  return dense;
}

}  // namespace dko
