#include "column_shifts.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "dko/base/quantile.hpp"

namespace dko {

namespace {

constexpr std::int64_t most_targets = 400;
constexpr std::size_t least_targets = 10;
constexpr double near = 2.5;             // in errors
constexpr double least_near = 0.7;       // of the targets
constexpr double normal_spread = 1.349;  // distance of the quartiles of a normal distribution, in deviations
constexpr double tau_quantile = 0.9;

/// What slopes on one regulator have in common.
struct Column {
  double median = 0;
  bool is_common = false;  ///< whether most targets are near the median
  double excess = 0;       ///< squared spread beyond the errors, at least 0
};

Column describe(const std::vector<double>& slopes, const std::vector<double>& errors) {
  Column column;
  std::vector<double> sorted = slopes;
  std::sort(sorted.begin(), sorted.end());
  column.median = quantile(sorted, 0.5);
  std::vector<double> squares;
  std::int64_t count = 0;
  for (std::size_t at = 0; at < slopes.size(); ++at) {
    if (std::abs(slopes[at] - column.median) <= near * errors[at]) ++count;
    squares.push_back(errors[at] * errors[at]);
  }
  column.is_common = static_cast<double>(count) > least_near * static_cast<double>(slopes.size());
  std::sort(squares.begin(), squares.end());
  const double spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / normal_spread;
  column.excess = std::max(0.0, spread * spread - quantile(squares, 0.5));
  return column;
}

}  // namespace

ColumnShifts::ColumnShifts(std::int64_t genes)
    : genes_(genes),
      stride_((genes + most_targets - 1) / most_targets),
      slopes_(static_cast<std::size_t>((genes + stride_ - 1) / stride_ * genes), 0.0F),
      errors_(slopes_.size(), 0.0F) {}

double ColumnShifts::bytes(std::int64_t genes) {
  return 2 * sizeof(float) * static_cast<double>(std::min(genes, most_targets)) * static_cast<double>(genes);
}

void ColumnShifts::note(std::int32_t target, const PresenceStatistics& statistics) {
  if (target % stride_ != 0) return;
  const auto first = static_cast<std::size_t>(target / stride_ * genes_);
  for (std::size_t gene = 0; gene < statistics.slope.size(); ++gene) {
    slopes_[first + gene] = static_cast<float>(statistics.slope[gene]);
    errors_[first + gene] = static_cast<float>(statistics.error[gene]);
  }
}

void ColumnShifts::gather(const Communicator& communicator) {
  communicator.sum(std::span<float>(slopes_));
  communicator.sum(std::span<float>(errors_));
}

ColumnShifts::Found ColumnShifts::find() const {
  Found found{std::vector<double>(static_cast<std::size_t>(genes_), 0.0), 0};
  std::vector<double> excess;
  const auto width = static_cast<std::size_t>(genes_);
  for (std::size_t gene = 0; gene < width; ++gene) {
    std::vector<double> slopes;
    std::vector<double> errors;
    for (std::size_t at = gene; at < errors_.size(); at += width) {
      if (!(errors_[at] > 0)) continue;
      slopes.push_back(static_cast<double>(slopes_[at]));
      errors.push_back(static_cast<double>(errors_[at]));
    }
    excess.push_back(0);
    if (slopes.size() < least_targets) continue;
    const Column column = describe(slopes, errors);
    if (column.is_common) found.of_genes[gene] = column.median;
    excess.back() = column.excess;
  }
  std::sort(excess.begin(), excess.end());
  found.variance = quantile(excess, tau_quantile);
  return found;
}

}  // namespace dko
