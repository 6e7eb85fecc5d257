#include "dko/expression/dispersion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dko/base/quantile.hpp"

namespace dko {

namespace {

struct Moments {
  std::vector<double> mean;
  std::vector<double> dispersion;  // variance / mean
};

Moments moments_of_profiles(const ExpressionMatrix& matrix) {
  std::vector<double> sum(static_cast<std::size_t>(matrix.genes()), 0);
  std::vector<double> squares(sum.size(), 0);
  double cells = 0;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto genes = matrix.expressed(cell);
    const auto values = matrix.values(cell);
    if (genes.empty()) continue;
    ++cells;
    const double total = matrix.sum(cell);
    for (std::size_t at = 0; at < genes.size(); ++at) {
      const double share = static_cast<double>(values[at]) / total;
      sum[static_cast<std::size_t>(genes[at])] += share;
      squares[static_cast<std::size_t>(genes[at])] += share * share;
    }
  }
  Moments moments;
  for (std::size_t gene = 0; gene < sum.size(); ++gene) {
    const double mean = sum[gene] / cells;
    const double variance =
        cells > 1 ? std::max(0.0, (squares[gene] - cells * mean * mean) / (cells - 1)) : 0.0;
    moments.mean.push_back(mean);
    moments.dispersion.push_back(mean > 0 ? variance / mean : 0.0);
  }
  return moments;
}

/// Upper bounds of the bins of means; the last has none.
std::vector<double> bin_bounds(const std::vector<double>& means) {
  std::vector<double> sorted;
  for (const double mean : means)
    if (mean > 0) sorted.push_back(mean);
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> bounds;
  for (int percent = 10; percent <= 100 && !sorted.empty(); percent += 5)
    bounds.push_back(quantile(sorted, percent / 100.0));
  return bounds;
}

}  // namespace

std::vector<double> normalised_dispersions(const ExpressionMatrix& matrix) {
  const Moments moments = moments_of_profiles(matrix);
  const std::vector<double> bounds = bin_bounds(moments.mean);
  std::vector<std::vector<std::size_t>> bins(bounds.size() + 1);
  for (std::size_t gene = 0; gene < moments.mean.size(); ++gene) {
    if (!(moments.mean[gene] > 0)) continue;
    const auto bin = std::lower_bound(bounds.begin(), bounds.end(), moments.mean[gene]) - bounds.begin();
    bins[static_cast<std::size_t>(bin)].push_back(gene);
  }
  std::vector<double> normalised(moments.mean.size(), -std::numeric_limits<double>::infinity());
  for (const auto& bin : bins) {
    if (bin.empty()) continue;
    std::vector<double> dispersions;
    for (const std::size_t gene : bin) dispersions.push_back(moments.dispersion[gene]);
    const double middle = median(dispersions);
    for (double& dispersion : dispersions) dispersion = std::abs(dispersion - middle);
    const double spread = median(dispersions);
    for (const std::size_t gene : bin)
      normalised[gene] = spread > 0 ? (moments.dispersion[gene] - middle) / spread : 0.0;
  }
  return normalised;
}

}  // namespace dko
