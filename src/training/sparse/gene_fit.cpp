#include "gene_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "gene_regression.hpp"
#include "gene_targets.hpp"

namespace dko {

namespace {

constexpr std::size_t least_cells = 10;
constexpr double undisputed = 2;  // residuals up to so many of their median have full weight

/// Values of all rows by the chosen step.
std::vector<double> fitted_by(const Coefficients& step, const GeneRegression& regression) {
  const FoldedDesign& design = regression.design();
  std::vector<double> fitted(static_cast<std::size_t>(design.rows()), 0.0);
  for (std::size_t k = 0; k < step.covariates.size(); ++k)
    design.add_covariate(static_cast<std::int64_t>(k), step.covariates[k], 0, fitted);
  for (std::size_t at = 0; at < step.effects.size(); ++at)
    design.add_candidate(static_cast<std::int64_t>(at), step.effects[at], 0, fitted);
  return fitted;
}

/// Huber weights of the residuals, mean 1, in the order of the gene's cells.
void weigh(std::span<const double> fitted, const GeneRegression& regression, std::vector<float>& weights) {
  std::vector<double> off(weights.size());
  for (std::size_t row = 0; row < fitted.size(); ++row) {
    const std::size_t cell = regression.rows()[row];
    if (cell == filling) continue;
    off[cell] = std::abs(static_cast<double>(regression.design().targets()[row]) - fitted[row]);
  }
  std::vector<double> sorted = off;
  const auto middle = sorted.begin() + std::ssize(sorted) / 2;
  std::nth_element(sorted.begin(), middle, sorted.end());
  const double most = undisputed * *middle;
  double sum = 0;
  for (double& value : off) {
    value = value > most ? most / value : 1.0;
    sum += value;
  }
  for (std::size_t at = 0; at < off.size(); ++at)
    weights[at] = static_cast<float>(off[at] * static_cast<double>(off.size()) / sum);
}

/// Coefficients into the fit; candidates from the number of genes on are factors.
void take(const Coefficients& found, const std::vector<std::int32_t>& candidates,
          const RegressionSetting& setting, GeneFit& fit) {
  const auto genes = static_cast<std::int32_t>(setting.profiles->genes());
  fit.offset = found.covariates[0];
  std::copy(found.covariates.begin() + 1, found.covariates.end(), fit.responses.begin());
  fit.regulators.clear();
  fit.effects.clear();
  std::vector<std::size_t> order;
  for (std::size_t at = 0; at < found.effects.size(); ++at) {
    if (candidates[at] >= genes)
      fit.responses[static_cast<std::size_t>(setting.covariate_width + candidates[at] - genes)] =
          found.effects[at];
    else if (found.effects[at] != 0)
      order.push_back(at);
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t x, std::size_t y) { return candidates[x] < candidates[y]; });
  for (const std::size_t at : order) {
    fit.regulators.push_back(candidates[at]);
    fit.effects.push_back(found.effects[at]);
  }
}

/// The distance of the mean alone.
double distance_of_mean(const RegressionSetting& setting, const GeneCells& data, double mean) {
  double distance = 0;
  for (std::size_t at = 0; at < data.cells.size(); ++at) {
    const double total = setting.totals[static_cast<std::size_t>(data.cells[at])];
    distance += std::abs(static_cast<double>(data.shares[at]) - mean / total);
  }
  return distance;
}

double mean_of(const RegressionSetting& setting, const GeneCells& data) {
  const std::vector<double> targets = targets_of(data, setting.totals);
  return std::accumulate(targets.begin(), targets.end(), 0.0) /
         static_cast<double>(std::max<std::size_t>(1, targets.size()));
}

bool is_fitted(const RegressionSetting& setting, const GeneCells& data) {
  return data.cells.size() >= least_cells + 2 * static_cast<std::size_t>(setting.covariate_width);
}

}  // namespace

GeneFit fit_gene(const RegressionSetting& setting, std::int32_t gene, const GeneCells& data,
                 const PenaltyPath& path, GeneFit fit, std::vector<float>& weights,
                 RegressionMemory& memory) {
  fit.mean = mean_of(setting, data);
  fit.least_error = 0;
  fit.responses.assign(static_cast<std::size_t>(setting.responses()), 0.0);
  fit.offset = fit.mean;
  if (!is_fitted(setting, data)) {
    fit.distance = distance_of_mean(setting, data, fit.mean);
    return fit;
  }
  GeneRegression regression(setting, gene, data, weights, path.folds, memory);
  const PenaltyStep step = regression.choose(path, fit);
  fit.distance = regression.distance(step);
  if (path.weigh_next) weigh(fitted_by(step.whole, regression), regression, weights);
  take(step.whole, regression.candidates(), setting, fit);
  return fit;
}

std::vector<double> distances_by_factors(const RegressionSetting& setting, std::int32_t gene,
                                         const GeneCells& data, const PenaltyPath& path,
                                         std::span<const std::int64_t> numbers, RegressionMemory& memory) {
  if (!is_fitted(setting, data)) return std::vector<double>(numbers.size(), 0.0);
  const std::vector<float> weights(data.cells.size(), 1.0F);
  GeneRegression regression(setting, gene, data, weights, path.folds, memory);
  std::vector<double> distances;
  for (const std::int64_t factors : numbers) {
    regression.restart(factors);
    GeneFit fit;
    distances.push_back(regression.scaled_distance(regression.choose(path, fit)));
  }
  return distances;
}

}  // namespace dko
