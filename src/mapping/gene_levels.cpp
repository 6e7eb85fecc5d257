#include "dko/mapping/gene_levels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "dko/base/quantile.hpp"

namespace dko {

namespace {

constexpr std::int64_t fewest_cells = 10;
constexpr double fewest_of_cells = 0.5;
constexpr double least_variance = 1e-6;  // of log(1 + p/m): less is rounding

/// Sums over cells, by gene.
struct Sums {
  std::vector<double> first;
  std::vector<double> second;
};

/// Adds value(gene, share in parts of the factor of the cell) of each of the wanted genes that a cell
/// expresses, and its square.
template <class Factor, class Value>
Sums sums_of(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
             const std::vector<double>& is_wanted, Factor factor, Value value) {
  Sums sums{std::vector<double>(is_wanted.size(), 0.0), std::vector<double>(is_wanted.size(), 0.0)};
  for (const std::int64_t cell : cells) {
    const auto expressed = profiles.expressed(cell);
    const auto shares = profiles.values(cell);
    const double f = factor(intact_cell(profiles, cell));
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      const auto gene = static_cast<std::size_t>(expressed[at]);
      if (!(is_wanted[gene] > 0)) continue;
      const double x = value(gene, static_cast<double>(shares[at]) / f);
      sums.first[gene] += x;
      sums.second[gene] += x * x;
    }
  }
  return sums;
}

/// 1 of genes that are asked for and that enough cells express, else 0.
std::vector<double> wanted(std::span<const std::int32_t> genes, const std::vector<std::int64_t>& counts,
                           std::size_t cells) {
  const auto part = static_cast<std::int64_t>(std::ceil(fewest_of_cells * static_cast<double>(cells)));
  std::vector<double> is_wanted(counts.size(), 0.0);
  for (const std::int32_t gene : genes) {
    const auto at = static_cast<std::size_t>(gene);
    if (counts[at] >= std::max(fewest_cells, part)) is_wanted[at] = 1;
  }
  return is_wanted;
}

/// Covariance of the factors' logarithms by two halves of the genes, in parts of the variance by all of them;
/// at least the part of the cells that these genes make up: of whole cells the shares sum to 1 exactly.
double certainty_of(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                    const std::vector<double>& is_level, const std::vector<double>& mean) {
  std::array<std::vector<double>, 2> halves{is_level, is_level};
  std::size_t next = 0;
  for (std::size_t gene = 0; gene < is_level.size(); ++gene) {
    if (is_level[gene] > 0) halves[next++ % 2][gene] = 0;
  }
  std::array<std::vector<double>, 3> logs;  // by all, and by each half
  double part = 0;
  for (const std::int64_t number : cells) {
    const IntactCell cell = intact_cell(profiles, number);
    for (std::size_t at = 0; at < cell.shares.size(); ++at)
      part += is_level[static_cast<std::size_t>(cell.expressed[at])] * static_cast<double>(cell.shares[at]);
    logs[0].push_back(std::log(level_factor(is_level, mean, 1, cell)));
    for (std::size_t half = 0; half < 2; ++half)
      logs[half + 1].push_back(std::log(level_factor(halves[half], mean, 1, cell)));
  }
  const auto count = static_cast<double>(cells.size());
  for (std::vector<double>& values : logs) {
    const double average = std::accumulate(values.begin(), values.end(), 0.0) / count;
    for (double& value : values) value -= average;
  }
  const double variance = std::inner_product(logs[0].begin(), logs[0].end(), logs[0].begin(), 0.0);
  const double common = std::inner_product(logs[1].begin(), logs[1].end(), logs[2].begin(), 0.0);
  part = std::min(1.0, part / count);
  return variance > 0 ? std::clamp(common / variance, part, 1.0) : part;
}

/// Finds the certainty of the factors by the wanted genes, and the scales beside these; genes that do not
/// vary are wanted no more. Returns whether there are such, beside others: then scales are to be found again.
bool scale_wanted(GeneLevels& levels, const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                  std::vector<double>& is_wanted) {
  levels.certainty = certainty_of(profiles, cells, is_wanted, levels.mean);
  const Sums logs = sums_of(
      profiles, cells, is_wanted,
      [&](const IntactCell& cell) { return level_factor(is_wanted, levels.mean, levels.certainty, cell); },
      [&](std::size_t gene, double share) { return level_input(1, levels.mean[gene], share); });
  const auto count = static_cast<double>(cells.size());
  bool any_left = false;
  bool any_dropped = false;
  for (std::size_t gene = 0; gene < is_wanted.size(); ++gene) {
    const double mean = logs.first[gene] / count;
    const double variance = logs.second[gene] / count - mean * mean;
    const bool varies = is_wanted[gene] > 0 && variance > least_variance;
    levels.scale[gene] = varies ? std::sqrt(level_variance / variance) : 0;
    any_left |= varies;
    any_dropped |= is_wanted[gene] > 0 && !varies;
    if (!varies) is_wanted[gene] = 0;
  }
  return any_left && any_dropped;
}

}  // namespace

double level_input(double scale, double mean, double share) {
  return scale * std::log1p(share / mean);
}

double level_factor(std::span<const double> scale, std::span<const double> mean, double certainty,
                    const IntactCell& cell) {
  std::vector<double> ratios;
  for (std::size_t at = 0; at < cell.shares.size(); ++at) {
    const auto gene = static_cast<std::size_t>(cell.expressed[at]);
    if (scale[gene] > 0) ratios.push_back(static_cast<double>(cell.shares[at]) / mean[gene]);
  }
  return ratios.empty() ? 1 : std::pow(median(std::move(ratios)), certainty);
}

GeneLevels find_levels(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                       std::span<const std::int32_t> genes) {
  if (genes.empty()) return {};
  const auto all = static_cast<std::size_t>(profiles.genes());
  const std::vector<std::int64_t> counts = profiles.cells_per_gene(cells);
  std::vector<double> is_wanted = wanted(genes, counts, cells.size());
  GeneLevels levels{std::vector<double>(all, 0.0), std::vector<double>(all, 1.0)};
  const Sums shares = sums_of(
      profiles, cells, is_wanted, [](const IntactCell&) { return 1.0; },
      [](std::size_t, double share) { return share; });
  for (std::size_t gene = 0; gene < all; ++gene) {
    if (is_wanted[gene] > 0) levels.mean[gene] = shares.first[gene] / static_cast<double>(counts[gene]);
  }
  // Genes that do not vary beside the cells' factors leave, and the others have factors without them.
  // Each time at least one leaves, and seldom any does.
  while (scale_wanted(levels, profiles, cells, is_wanted)) continue;
  const bool any = std::any_of(levels.scale.begin(), levels.scale.end(), [](double s) { return s > 0; });
  return any ? levels : GeneLevels{};
}

}  // namespace dko
