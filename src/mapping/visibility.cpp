#include "dko/mapping/visibility.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <numeric>

namespace dko {

namespace {

constexpr std::int64_t depth_classes = 32;
constexpr double most_rounded = 99.9;  // per cent: beyond, three digits would hide the cells that lack it
constexpr double least_overdispersion = 1e-9;  // in its place 0, which is the Poisson distribution

/// Totals of cells in classes of equal size.
struct Depths {
  std::vector<double> mean;    ///< total of each class
  std::vector<double> weight;  ///< its part of the cells
  double sum = 0;              ///< ΣT
  double squares = 0;          ///< ΣT²
};

Depths depths_of(const ExpressionMatrix& data, std::span<const std::int64_t> cells) {
  std::vector<double> totals;
  for (const std::int64_t cell : cells) totals.push_back(data.sum(cell));
  std::sort(totals.begin(), totals.end());
  const auto count = std::ssize(totals);
  Depths depths;
  for (std::int64_t at = 0; at < depth_classes; ++at) {
    const auto first = totals.begin() + at * count / depth_classes;
    const auto last = totals.begin() + (at + 1) * count / depth_classes;
    if (first == last) continue;
    const auto size = static_cast<double>(last - first);
    depths.mean.push_back(std::accumulate(first, last, 0.0) / size);
    depths.weight.push_back(size / static_cast<double>(count));
  }
  depths.sum = std::accumulate(totals.begin(), totals.end(), 0.0);
  depths.squares = std::inner_product(totals.begin(), totals.end(), totals.begin(), 0.0);
  return depths;
}

/// Moments of one gene.
struct Moments {
  double first = 0;   ///< Σx
  double second = 0;  ///< Σx(x−1)
};

std::vector<Moments> moments_of(const ExpressionMatrix& data, std::span<const std::int64_t> cells) {
  std::vector<Moments> moments(static_cast<std::size_t>(data.genes()));
  for (const std::int64_t cell : cells) {
    const std::span<const std::int32_t> genes = data.expressed(cell);
    const std::span<const float> values = data.values(cell);
    for (std::size_t at = 0; at < genes.size(); ++at) {
      const double x = values[at];
      Moments& of_gene = moments[static_cast<std::size_t>(genes[at])];
      of_gene.first += x;
      of_gene.second += x * (x - 1);
    }
  }
  return moments;
}

/// The part of the cells in which the gene is switched off, 1 − π.
double switched_off(const Moments& sums, double zeros, const Depths& depths) {
  const double first = sums.first / depths.sum;
  const double second = sums.second / depths.squares;
  // Zeros that π leads to, less those that are there: falls as π grows.
  const auto surplus = [&](double on) {
    const double mu = first / on;
    const double phi = std::max(second * on / (first * first) - 1, least_overdispersion);
    double by_counting = 0;
    for (std::size_t at = 0; at < depths.mean.size(); ++at)
      by_counting += depths.weight[at] * std::exp(-std::log1p(phi * depths.mean[at] * mu) / phi);
    return 1 - on + on * by_counting - zeros;
  };
  if (surplus(1) >= 0) return 0;
  const double least_on = 1 - zeros;  // every zero by switching off
  if (surplus(least_on) <= 0) return zeros;
  std::uintmax_t steps = 100;
  const auto [low, high] = boost::math::tools::toms748_solve(
      surplus, least_on, 1.0, boost::math::tools::eps_tolerance<double>(40), steps);
  return 1 - (low + high) / 2;
}

}  // namespace

std::string why_not_visible(const GeneVisibility& gene) {
  if (is_visible(gene)) return {};
  const std::int64_t cells = gene.cells_with + gene.cells_without;
  if (gene.cells_with == 0) return "no cell expresses it";
  if (gene.cells_without == 0) return "all cells express it";
  const auto without = static_cast<double>(gene.cells_without);
  if (static_cast<double>(gene.cells_with) < least_information)
    return fmt::format("{} of {} cells express it", gene.cells_with, cells);
  if (gene.unexplained < without / 2)
    return fmt::format("counting explains {:.0f} of its {} absences in {} cells", without - gene.unexplained,
                       gene.cells_without, cells);
  const double percent = 100 * static_cast<double>(gene.cells_with) / static_cast<double>(cells);
  return percent > most_rounded ? fmt::format("all but {} of {} cells express it", gene.cells_without, cells)
                                : fmt::format("{:.3g} % of the cells express it", percent);
}

std::vector<std::int32_t> invisible_genes(std::span<const GeneVisibility> visibility) {
  std::vector<std::int32_t> genes;
  for (std::size_t gene = 0; gene < visibility.size(); ++gene) {
    if (!is_visible(visibility[gene])) genes.push_back(static_cast<std::int32_t>(gene));
  }
  return genes;
}

std::vector<GeneVisibility> gene_visibility(const ExpressionMatrix& data,
                                            std::span<const std::int64_t> cells) {
  const std::vector<std::int64_t> with = data.cells_per_gene(cells);
  const bool is_counts = holds_counts(data);
  const Depths depths = depths_of(data, cells);
  const std::vector<Moments> moments = moments_of(data, cells);
  const auto all = static_cast<double>(cells.size());
  std::vector<GeneVisibility> visibility(with.size());
  for (std::size_t gene = 0; gene < with.size(); ++gene) {
    GeneVisibility& its = visibility[gene];
    its.cells_with = with[gene];
    its.cells_without = std::ssize(cells) - with[gene];
    if (its.cells_with == 0 || its.cells_without == 0) continue;
    const auto without = static_cast<double>(its.cells_without);
    const double error = std::sqrt(without * (all - without) / all);
    its.unexplained =
        is_counts ? std::max(0.0, all * switched_off(moments[gene], without / all, depths) - error) : without;
    its.information =
        std::min(its.unexplained, static_cast<double>(its.cells_with)) * its.unexplained / without;
  }
  return visibility;
}

}  // namespace dko
