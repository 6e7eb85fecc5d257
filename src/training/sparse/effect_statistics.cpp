#include "effect_statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "gene_targets.hpp"

namespace dko {

namespace {

constexpr std::size_t least_cells = 20;
constexpr double least_variance = 1e-3;   // of a presence beside the covariates
constexpr double least_covariate = 1e-6;  // in parts of what a factor was before
constexpr double least_deviation = 1e-6;  // in parts of the mean

/// Σ x y, in lanes that are added at the end.
double product(std::span<const double> x, std::span<const double> y) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> sums{};
  std::size_t at = 0;
  for (; at + lanes <= x.size(); at += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += x[at + lane] * y[at + lane];
  }
  for (; at < x.size(); ++at) sums[0] += x[at] * y[at];
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Takes what the mean and the covariates explain out of `values`.
void reduce(std::vector<double>& values, const std::vector<std::vector<double>>& covariates) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (double& value : values) value -= mean;
  for (const std::vector<double>& covariate : covariates) {
    const double part = product(values, covariate);
    for (std::size_t row = 0; row < values.size(); ++row) values[row] -= part * covariate[row];
  }
}

std::vector<std::vector<double>> covariates_of(const StatisticSetting& setting,
                                               std::span<const std::int64_t> of_gene) {
  const auto cells = static_cast<std::size_t>(setting.profiles->cells());
  std::vector<std::vector<double>> covariates;
  for (std::size_t k = 0; k < static_cast<std::size_t>(setting.factors); ++k) {
    std::vector<double> column;
    for (const std::int64_t cell : of_gene)
      column.push_back(static_cast<double>(setting.state[k * cells + static_cast<std::size_t>(cell)]));
    const double before = std::sqrt(product(column, column));
    reduce(column, covariates);
    const double size = std::sqrt(product(column, column));
    if (!(size > least_covariate * before)) continue;
    for (double& value : column) value /= size;
    covariates.push_back(std::move(column));
  }
  return covariates;
}

/// In single precision, filled up to whole blocks of rows.
std::vector<float> narrowed(const std::vector<double>& values) {
  constexpr std::size_t rows = BitColumns::block_rows;
  std::vector<float> narrow((values.size() + rows - 1) / rows * rows, 0.0F);
  std::transform(values.begin(), values.end(), narrow.begin(),
                 [](double value) { return static_cast<float>(value); });
  return narrow;
}
std::vector<std::vector<float>> narrowed(const std::vector<std::vector<double>>& columns) {
  std::vector<std::vector<float>> narrow;
  for (const std::vector<double>& column : columns) narrow.push_back(narrowed(column));
  return narrow;
}

}  // namespace

Residuals residuals_of(const StatisticSetting& setting, const GeneCells& data, const GeneInputs& inputs,
                       const BitColumns& presence, std::span<const std::int32_t> regulators,
                       std::span<const double> effects) {
  Residuals found;
  if (data.cells.size() < least_cells) return found;
  const std::vector<double> targets = targets_of(data, setting.totals);
  const TargetScale scale(targets);
  found.mean = scale.mean();
  std::vector<double> left;
  for (const double target : targets) left.push_back(scale(target));
  std::vector<double> explained(data.cells.size(), 0.0);
  for (std::size_t at = 0; at < regulators.size(); ++at) {
    if (!inputs.is_level(regulators[at])) {
      presence.add_column(static_cast<std::size_t>(regulators[at]), effects[at], 0, explained);
      continue;
    }
    for (std::size_t row = 0; row < data.cells.size(); ++row)
      explained[row] += effects[at] * static_cast<double>(inputs.value(data.cells[row], regulators[at]));
  }
  const auto cells = static_cast<double>(data.cells.size());
  const std::vector<std::vector<double>> covariates = covariates_of(setting, data.cells);
  reduce(left, covariates);
  reduce(explained, covariates);
  const double square = product(explained, explained);
  if (square > 0)
    found.part = std::clamp(product(left, explained) / square, 1 / largest_slope, largest_slope);
  for (std::size_t row = 0; row < left.size(); ++row) left[row] -= found.part * explained[row];
  const double freedom = std::max(5.0, cells - 1 - static_cast<double>(covariates.size()));
  found.deviation = std::sqrt(product(left, left) / freedom);
  if (!(found.deviation > least_deviation * found.mean)) found.deviation = 0;
  found.values = narrowed(left);
  found.covariates = narrowed(covariates);
  return found;
}

std::vector<std::vector<float>> residual_covariates(const StatisticSetting& setting,
                                                    std::span<const std::int64_t> cells) {
  return narrowed(covariates_of(setting, cells));
}

PresenceStatistics presence_statistics(const Residuals& residuals, std::size_t cells,
                                       const BitColumns& presence, std::int64_t genes) {
  const auto count = static_cast<std::size_t>(genes);
  std::vector<float> sums;
  const auto sum_of = [&](std::span<const float> values) {
    sums.assign(presence.padded_columns(), 0.0F);
    presence.add_sums(values, 0, 0, sums);
  };
  std::vector<double> squares(count);
  sums.assign(presence.padded_columns(), 0.0F);
  presence.add_counts(sums);
  for (std::size_t gene = 0; gene < count; ++gene) {
    const auto with = static_cast<double>(sums[gene]);
    squares[gene] = with * (1 - with / static_cast<double>(cells));
  }
  for (const std::vector<float>& covariate : residuals.covariates) {
    sum_of(covariate);
    for (std::size_t gene = 0; gene < count; ++gene)
      squares[gene] -= static_cast<double>(sums[gene]) * static_cast<double>(sums[gene]);
  }
  sum_of(residuals.values);
  PresenceStatistics found{std::vector<double>(count, 0.0), std::vector<double>(count, 0.0)};
  for (std::size_t gene = 0; gene < count; ++gene) {
    if (!(squares[gene] > least_variance * static_cast<double>(cells))) continue;
    found.slope[gene] = static_cast<double>(sums[gene]) / squares[gene];
    found.error[gene] = residuals.deviation / std::sqrt(squares[gene]);
  }
  return found;
}

}  // namespace dko
