#include "dko/metrics/profile_agreement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "dko/base/random.hpp"
#include "dko/metrics/metrics.hpp"

namespace dko {

namespace {

constexpr std::size_t fewest_entries = 3;
constexpr std::int64_t most_gene_pairs = 200000;

/// True and predicted shares where the gene is expressed.
struct Entries {
  std::vector<float> truth;
  std::vector<float> predicted;

  void add(float x, float y) {
    if (x <= 0) return;
    truth.push_back(x);
    predicted.push_back(y);
  }
  std::optional<double> correlation() const {
    return truth.size() < fewest_entries ? std::nullopt : spearman(truth, predicted);
  }
};

/// Spearman of each cell over the genes that it expresses.
std::vector<double> within_cells(std::span<const float> truth, std::span<const float> predicted,
                                 std::size_t genes) {
  std::vector<double> correlations;
  for (std::size_t start = 0; start < truth.size(); start += genes) {
    Entries entries;
    for (std::size_t at = start; at < start + genes; ++at) entries.add(truth[at], predicted[at]);
    if (const auto correlation = entries.correlation()) correlations.push_back(*correlation);
  }
  return correlations;
}

std::optional<double> over_expressed(std::span<const float> truth, std::span<const float> predicted) {
  Entries entries;
  for (std::size_t at = 0; at < truth.size(); ++at) entries.add(truth[at], predicted[at]);
  return entries.correlation();
}

/// The genes' columns, centred and scaled to length 1, one after the other; all 0 where a gene is constant.
std::vector<double> standardised(std::span<const float> profiles, std::size_t genes) {
  const std::size_t cells = profiles.size() / genes;
  std::vector<double> columns(profiles.size());
  for (std::size_t gene = 0; gene < genes; ++gene) {
    const auto column = std::span(columns).subspan(gene * cells, cells);
    for (std::size_t cell = 0; cell < cells; ++cell)
      column[cell] = static_cast<double>(profiles[cell * genes + gene]);
    const double mean = std::accumulate(column.begin(), column.end(), 0.0) / static_cast<double>(cells);
    double squares = 0;
    for (double& value : column) {
      value -= mean;
      squares += value * value;
    }
    // A constant leaves the rounding of the mean.
    const bool varies = squares > 1e-24 * (mean * mean) * static_cast<double>(cells);
    for (double& value : column) value = varies ? value / std::sqrt(squares) : 0.0;
  }
  return columns;
}

bool is_constant(std::span<const double> column) {
  return std::all_of(column.begin(), column.end(), [](double value) { return value == 0; });
}

double product(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Largest gap between the distribution functions of two samples of equal size.
double kolmogorov_smirnov(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double gap = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const double at = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= at) ++i;
    while (j < b.size() && b[j] <= at) ++j;
    gap = std::max(gap, std::abs(static_cast<double>(i) - static_cast<double>(j)));
  }
  return gap / static_cast<double>(a.size());
}

}  // namespace

GeneCorrelations correlate_genes(std::span<const float> truth, std::span<const float> predicted,
                                 std::int64_t genes) {
  const auto width = static_cast<std::size_t>(genes);
  const std::size_t cells = truth.size() / width;
  const std::vector<double> true_columns = standardised(truth, width);
  const std::vector<double> predicted_columns = standardised(predicted, width);
  const auto column = [&](const std::vector<double>& columns, std::size_t gene) {
    return std::span(columns).subspan(gene * cells, cells);
  };
  std::vector<std::size_t> varying;
  for (std::size_t gene = 0; gene < width; ++gene) {
    if (!is_constant(column(true_columns, gene)) && !is_constant(column(predicted_columns, gene)))
      varying.push_back(gene);
  }
  const auto m = std::ssize(varying);
  const std::int64_t all = m * (m - 1) / 2;
  std::vector<double> of_truth;
  std::vector<double> of_prediction;
  RandomStream stream(1, "gene pairs");
  for (const std::int64_t pair : stream.distinct(std::min(all, most_gene_pairs), all)) {
    // Pair (a > b) is number a(a−1)/2 + b.
    auto a = static_cast<std::int64_t>((1 + std::sqrt(1 + 8 * static_cast<double>(pair))) / 2);
    while (a * (a - 1) / 2 > pair) --a;
    while ((a + 1) * a / 2 <= pair) ++a;
    const std::size_t one = varying[static_cast<std::size_t>(a)];
    const std::size_t other = varying[static_cast<std::size_t>(pair - a * (a - 1) / 2)];
    of_truth.push_back(product(column(true_columns, one), column(true_columns, other)));
    of_prediction.push_back(product(column(predicted_columns, one), column(predicted_columns, other)));
  }
  GeneCorrelations correlations{
      std::ssize(of_truth), known_median(of_truth), known_median(of_prediction), {}, {}};
  if (of_truth.empty()) return correlations;
  correlations.spearman = spearman(RankedValues(of_truth), RankedValues(of_prediction));
  correlations.distance = kolmogorov_smirnov(std::move(of_truth), std::move(of_prediction));
  return correlations;
}

std::vector<std::optional<double>> spearman_of_genes(std::span<const float> truth,
                                                     std::span<const float> predicted, std::int64_t genes) {
  const auto width = static_cast<std::size_t>(genes);
  std::vector<std::optional<double>> correlations;
  for (std::size_t gene = 0; gene < width; ++gene) {
    Entries entries;
    for (std::size_t at = gene; at < truth.size(); at += width) entries.add(truth[at], predicted[at]);
    correlations.push_back(entries.correlation());
  }
  return correlations;
}

std::vector<double> distances_of_cells(std::span<const float> truth, std::span<const float> predicted,
                                       std::int64_t genes) {
  const auto width = static_cast<std::size_t>(genes);
  std::vector<double> distances;
  for (std::size_t start = 0; start < truth.size(); start += width)
    distances.push_back(bray_curtis(truth.subspan(start, width), predicted.subspan(start, width)));
  return distances;
}

ProfileAgreement compare_profiles(std::span<const float> truth, std::span<const float> predicted,
                                  std::int64_t genes) {
  const auto width = static_cast<std::size_t>(genes);
  const std::vector<double> distances = distances_of_cells(truth, predicted, genes);
  ProfileAgreement agreement;
  agreement.bray_curtis =
      std::accumulate(distances.begin(), distances.end(), 0.0) / static_cast<double>(distances.size());
  agreement.spearman_all = spearman_of_profiles(truth, predicted);
  agreement.spearman_expressed = over_expressed(truth, predicted);
  std::vector<double> correlations;
  for (const auto& of_gene : spearman_of_genes(truth, predicted, genes)) {
    if (of_gene) correlations.push_back(*of_gene);
  }
  agreement.genes_scored = std::ssize(correlations);
  agreement.spearman_within_gene = known_median(correlations);
  agreement.spearman_within_cell = known_median(within_cells(truth, predicted, width));
  return agreement;
}

}  // namespace dko
