#include "dko/evaluation/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dko {

namespace {

constexpr std::size_t fewest_cells = 3;

std::optional<double> pearson(const std::vector<double>& x, const std::vector<double>& y) {
  const auto count = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / count;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / count;
  double xx = 0;
  double yy = 0;
  double xy = 0;
  for (std::size_t at = 0; at < x.size(); ++at) {
    const double dx = x[at] - mean_x;
    const double dy = y[at] - mean_y;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (xx <= 0 || yy <= 0) return std::nullopt;
  return xy / std::sqrt(xx * yy);
}

/// Spearman of each gene over the cells in which it is expressed.
std::vector<double> within_genes(std::span<const float> truth, std::span<const float> predicted,
                                 std::size_t genes) {
  std::vector<double> correlations;
  std::vector<float> x;
  std::vector<float> y;
  for (std::size_t gene = 0; gene < genes; ++gene) {
    x.clear();
    y.clear();
    for (std::size_t at = gene; at < truth.size(); at += genes) {
      if (truth[at] <= 0) continue;
      x.push_back(truth[at]);
      y.push_back(predicted[at]);
    }
    if (x.size() < fewest_cells) continue;
    if (const auto correlation = spearman(x, y)) correlations.push_back(*correlation);
  }
  return correlations;
}

}  // namespace

double bray_curtis(std::span<const float> a, std::span<const float> b) {
  double difference = 0;
  double sum = 0;
  for (std::size_t at = 0; at < a.size(); ++at) {
    difference += std::abs(static_cast<double>(a[at]) - static_cast<double>(b[at]));
    sum += static_cast<double>(a[at]) + static_cast<double>(b[at]);
  }
  return sum > 0 ? difference / sum : 0.0;
}

std::vector<double> ranks(std::span<const float> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<double> rank(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first + 1;
    while (last < order.size() && values[order[last]] <= values[order[first]]) ++last;
    const double mean = static_cast<double>(first + 1 + last) / 2;
    for (std::size_t at = first; at < last; ++at) rank[order[at]] = mean;
    first = last;
  }
  return rank;
}

std::optional<double> spearman(std::span<const float> x, std::span<const float> y) {
  if (x.size() < 2) return std::nullopt;
  return pearson(ranks(x), ranks(y));
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

ProfileAgreement compare_profiles(std::span<const float> truth, std::span<const float> predicted,
                                  std::int64_t genes) {
  const auto row = static_cast<std::size_t>(genes);
  const std::size_t cells = truth.size() / row;
  ProfileAgreement agreement;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    agreement.bray_curtis += bray_curtis(truth.subspan(cell * row, row), predicted.subspan(cell * row, row));
  }
  agreement.bray_curtis /= static_cast<double>(cells);
  agreement.spearman_all = spearman(truth, predicted);
  const std::vector<double> correlations = within_genes(truth, predicted, row);
  agreement.genes_scored = std::ssize(correlations);
  agreement.spearman_within_gene = median(correlations);
  return agreement;
}

}  // namespace dko
