#include "dko/knockout/screen/shift_statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "dko/knockout/kernels/sparse_cell_kernel.hpp"
#include "dko/knockout/screen/direction_search.hpp"
#include "dko/knockout/sharding/screen_forecast.hpp"
#include "exact_sums.hpp"

namespace dko {

namespace {

double largest_size(std::span<const double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

/// Every gene's statistic by a kernel.
std::vector<double> statistics_by(SparseCellKernel& kernel, const FromTo& from_to, const Direction& direction,
                                  const RelativeProfiles& profiles, const Communicator& ranks,
                                  const CellLoop& loop) {
  const auto count = static_cast<double>(from_to.from_cells.size());
  // A shift is the difference of two means of the weights.
  ExactSums shifts(profiles.genes(), count, 2 * largest_size(direction.weight));
  kernel.set_direction(&direction);
  loop(from_to.from_cells, [&](std::int32_t cell) {
    const auto expressed = profiles.expressed(cell);
    if (expressed.size() < 2) return;
    kernel.load(intact_cell(profiles, cell));
    for (std::size_t at = 0; at < expressed.size(); ++at) {
      const auto position = static_cast<std::int32_t>(at);
      shifts.add(static_cast<std::size_t>(expressed[at]), kernel.scores(std::span(&position, 1)).shift);
    }
  });
  shifts.reduce(ranks);
  const std::vector<std::int64_t> cells(from_to.from_cells.begin(), from_to.from_cells.end());
  const std::vector<std::int64_t> with = profiles.cells_per_gene(cells);
  std::vector<double> statistics;
  for (std::size_t gene = 0; gene < with.size(); ++gene) {
    const double frequency = static_cast<double>(with[gene]) / count;
    const double mean = with[gene] > 0 ? shifts[gene] / static_cast<double>(with[gene]) : 0;
    statistics.push_back(std::abs(mean) * std::sqrt(frequency * (1 - frequency)));
  }
  return statistics;
}

/// Mean and variance of each gene's h over some cells.
struct Spread {
  std::vector<double> mean;
  std::vector<double> variance;  ///< of the mean
};

/// h of cells along the effects of every gene.
class EffectProjections {
 public:
  EffectProjections(const SparseMapping& mapping, const Direction& direction)
      : mapping_(mapping), from_(direction.from) {
    for (std::int64_t gene = 0; gene < mapping.genes(); ++gene) {
      const auto effects = mapping.column(gene).effects;
      const double sum = std::accumulate(effects.begin(), effects.end(), 0.0);
      sums_.push_back(sum);
      bounds_.push_back(2 * std::max(largest_size(effects), std::abs(sum)));
    }
  }

  std::vector<double> of(std::span<const double> profile) const {
    double common = 0;
    for (std::size_t gene = 0; gene < from_.size(); ++gene) common += from_[gene] * profile[gene];
    std::vector<double> along;
    for (std::size_t gene = 0; gene < sums_.size(); ++gene) {
      double h = sums_[gene] * common;
      const SparseColumn column = mapping_.column(static_cast<std::int64_t>(gene));
      for (std::size_t at = 0; at < column.genes.size(); ++at)
        h -= column.effects[at] * profile[static_cast<std::size_t>(column.genes[at])];
      along.push_back(h);
    }
    return along;
  }

  /// Collective.
  Spread over(std::span<const std::int32_t> cells, const RelativeProfiles& profiles, SparseCellKernel& kernel,
              const Communicator& ranks, const CellLoop& loop) const {
    const auto count = static_cast<double>(cells.size());
    ExactSums sums(mapping_.genes(), count, 1);  // in parts of each gene's bound
    ExactSums squares(mapping_.genes(), count, 1);
    std::vector<double> profile(sums_.size());
    loop(cells, [&](std::int32_t cell) {
      kernel.load(intact_cell(profiles, cell));
      const auto expressed = profiles.expressed(cell);
      const std::vector<double> shares = kernel.intact_profile();
      std::fill(profile.begin(), profile.end(), 0.0);
      for (std::size_t at = 0; at < expressed.size(); ++at)
        profile[static_cast<std::size_t>(expressed[at])] = shares[at];
      const std::vector<double> along = of(profile);
      for (std::size_t gene = 0; gene < along.size(); ++gene) {
        if (bounds_[gene] == 0) continue;
        const double part = along[gene] / bounds_[gene];
        sums.add(gene, part);
        squares.add(gene, part * part);
      }
    });
    sums.reduce(ranks);
    squares.reduce(ranks);
    Spread spread;
    for (std::size_t gene = 0; gene < sums.size(); ++gene) {
      const double mean = sums[gene] / count;
      const double sum = std::max(0.0, squares[gene] - count * mean * mean);
      const double bound = bounds_[gene];
      spread.mean.push_back(mean * bound);
      spread.variance.push_back(count > 1 ? sum / (count - 1) / count * bound * bound : 0);
    }
    return spread;
  }

 private:
  const SparseMapping& mapping_;
  const std::vector<double>& from_;
  std::vector<double> sums_;    // Σ_i A_ig
  std::vector<double> bounds_;  // of |h|
};

/// Mean of one gene's h over the cells of an end.
struct EndMean {
  double mean;
  double variance;  ///< of the mean; 0 of a single cell
  double cells;     ///< 0: a profile, which has no noise

  double squared_deviations() const { return variance * cells * (cells - 1); }
};

/// Two-sided p of a difference of this variance under Student's t distribution. 1 where nothing varies.
double p_by_t(double difference, double variance, double degrees_of_freedom) {
  if (!(variance > 0)) return 1;
  const boost::math::students_t distribution(degrees_of_freedom);
  const double t = std::abs(difference) / std::sqrt(variance);
  return 2 * boost::math::cdf(boost::math::complement(distribution, t));
}

/// Student's t test: by the variance that both ends have together.
double student_p(const EndMean& a, const EndMean& b) {
  const double freedom = a.cells + b.cells - 2;
  const double variance = (a.squared_deviations() + b.squared_deviations()) / freedom;
  return freedom > 0 ? p_by_t(b.mean - a.mean, variance * (1 / a.cells + 1 / b.cells), freedom) : 1;
}

/// Welch's t test: by the variance of each end, with the degrees of freedom of Satterthwaite.
double welch_p(const EndMean& a, const EndMean& b) {
  const double of_a = a.variance / (a.variance + b.variance);
  const double freedom = 1 / (of_a * of_a / (a.cells - 1) + (1 - of_a) * (1 - of_a) / (b.cells - 1));
  return p_by_t(b.mean - a.mean, a.variance + b.variance, freedom);
}

/// The greater p of both: few cells can agree by chance, which Welch's test takes for certainty, and ends can
/// vary differently, of which Student's knows nothing.
double p_of_difference(const EndMean& a, const EndMean& b) {
  if (b.cells == 0) return p_by_t(b.mean - a.mean, a.variance, a.cells - 1);
  const double student = student_p(a, b);
  return std::min(a.cells, b.cells) > 1 ? std::max(student, welch_p(a, b)) : student;
}

std::vector<double> chance_of(const FromTo& from_to, const Direction& direction,
                              const RelativeProfiles& profiles, const SparseMapping& mapping,
                              SparseCellKernel& kernel, const Communicator& ranks, const CellLoop& loop) {
  kernel.set_direction(nullptr);
  const EffectProjections projections(mapping, direction);
  const Spread a = projections.over(from_to.from_cells, profiles, kernel, ranks, loop);
  const Spread b = from_to.is_toward_profile()
                       ? Spread{projections.of(from_to.profile), std::vector<double>(a.mean.size(), 0.0)}
                       : projections.over(from_to.toward_cells, profiles, kernel, ranks, loop);
  const auto cells_a = static_cast<double>(from_to.from_cells.size());
  const auto cells_b = static_cast<double>(from_to.toward_cells.size());
  std::vector<double> chance;
  for (std::size_t gene = 0; gene < a.mean.size(); ++gene) {
    const bool has_effects = !mapping.column(static_cast<std::int64_t>(gene)).genes.empty();
    chance.push_back(has_effects ? p_of_difference({a.mean[gene], a.variance[gene], cells_a},
                                                   {b.mean[gene], b.variance[gene], cells_b})
                                 : 1);
  }
  return chance;
}

}  // namespace

ShiftStatistics shift_statistics(const FromTo& from_to, const Direction& direction,
                                 const RelativeProfiles& profiles, const CollapsedMapping& mapping,
                                 std::span<const SparseMapping> decoys, Base base, const Communicator& ranks,
                                 const CellLoop& loop_or_none) {
  const CellLoop loop = loop_or_none ? loop_or_none : plain_loop(ranks);
  const BaseProfile profile(base, mapping.share_variances());
  SparseCellKernel kernel(*mapping.sparse(), profile);
  ShiftStatistics statistics;
  statistics.of_genes = statistics_by(kernel, from_to, direction, profiles, ranks, loop);
  statistics.chance = chance_of(from_to, direction, profiles, *mapping.sparse(), kernel, ranks, loop);
  for (const SparseMapping& draw : decoys) {
    SparseCellKernel of_decoys(*mapping.sparse(), profile, &draw);
    statistics.of_decoys.push_back(statistics_by(of_decoys, from_to, direction, profiles, ranks, loop));
  }
  return statistics;
}

std::int64_t shift_statistics_cells(const FromTo& from_to, std::int64_t draws) {
  return direction_cells(from_to) + (1 + draws) * std::ssize(from_to.from_cells);
}

double shift_statistics_seconds(const FromTo& from_to, const ExpressionMatrix& matrix,
                                std::span<const CellCosts> costs, std::int64_t draws, double effects) {
  constexpr double seconds_of_effect = 2e-9;
  double of_kernels = 0;
  for (const std::int32_t cell : from_to.from_cells) {
    const CellCosts& cost = costs[static_cast<std::size_t>(cell)];
    const auto events = static_cast<double>(matrix.expressed_count(cell));
    of_kernels += static_cast<double>(1 + draws) * events * static_cast<double>(cost.single) +
                  static_cast<double>(2 + draws) * static_cast<double>(cost.load);
  }
  for (const std::int32_t cell : from_to.toward_cells)
    of_kernels += static_cast<double>(costs[static_cast<std::size_t>(cell)].load);
  return seconds_of_cost * of_kernels +
         seconds_of_effect * effects * static_cast<double>(direction_cells(from_to));
}

double shift_statistics_bytes(std::int64_t genes, std::int64_t draws) {
  // Statistics of each draw and the gene's own, and to sort them all; sums, their means and variances of A
  // and of B, bounds, a profile and its h.
  return sizeof(double) * static_cast<double>(genes) * (3 * static_cast<double>(1 + draws) + 12);
}

}  // namespace dko
