#include "dko/evaluation/baselines.hpp"

namespace dko {

namespace {

std::vector<double> mean_shares(const ExpressionMatrix& profiles, std::span<const std::int64_t> known) {
  std::vector<double> sums(static_cast<std::size_t>(profiles.genes()), 0.0);
  std::vector<double> counts(sums.size(), 0.0);
  for (const std::int64_t cell : known) {
    const auto genes = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    for (std::size_t at = 0; at < genes.size(); ++at) {
      sums[static_cast<std::size_t>(genes[at])] += static_cast<double>(shares[at]);
      counts[static_cast<std::size_t>(genes[at])] += 1;
    }
  }
  for (std::size_t gene = 0; gene < sums.size(); ++gene) {
    if (counts[gene] > 0) sums[gene] /= counts[gene];
  }
  return sums;
}

}  // namespace

std::vector<float> mean_share_profiles(const ExpressionMatrix& profiles, std::span<const std::int64_t> known,
                                       std::span<const std::int64_t> cells) {
  const std::vector<double> shares = mean_shares(profiles, known);
  std::vector<float> predicted(cells.size() * shares.size(), 0.0F);
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto genes = profiles.expressed(cells[row]);
    double total = 0;
    for (const std::int32_t gene : genes) total += shares[static_cast<std::size_t>(gene)];
    if (!(total > 0)) continue;
    for (const std::int32_t gene : genes) {
      const auto at = static_cast<std::size_t>(gene);
      predicted[row * shares.size() + at] = static_cast<float>(shares[at] / total);
    }
  }
  return predicted;
}

std::vector<float> dense_profiles(const ExpressionMatrix& profiles, std::span<const std::int64_t> cells) {
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
