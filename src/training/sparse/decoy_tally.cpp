#include "decoy_tally.hpp"

#include <algorithm>
#include <cstddef>

namespace dko {

namespace {

constexpr double resolution = 1e-3;
constexpr double largest_statistic = 64;
constexpr auto bins = static_cast<std::size_t>(largest_statistic / resolution) + 1;

std::size_t bin_of(double statistic) {
  return static_cast<std::size_t>(std::min(statistic, largest_statistic) / resolution);
}

double rounded(double statistic) {
  return static_cast<double>(bin_of(statistic));
}

}  // namespace

DecoyTally::DecoyTally() : counts_(bins, 0.0) {}

void DecoyTally::add(double statistic, double part) {
  counts_[bin_of(statistic)] += part;
}

void DecoyTally::gather(const Communicator& communicator) {
  communicator.sum(std::span<double>(counts_));
}

QValueCurve DecoyTally::curve_of(std::span<const double> statistics, std::int64_t draws) const {
  std::vector<double> at_least(bins + 1, 0.0);
  for (std::size_t bin = bins; bin-- > 0;) at_least[bin] = at_least[bin + 1] + counts_[bin];
  std::vector<double> found;
  std::vector<double> above;
  for (const double statistic : statistics) {
    if (!(statistic > 0)) continue;
    found.push_back(rounded(statistic));
    above.push_back(at_least[bin_of(statistic)]);
  }
  return {found, above, draws};
}

double DecoyTally::bytes() {
  return static_cast<double>(bins * sizeof(double));
}

std::vector<double> q_values_of(std::span<const double> statistics, const QValueCurve& curve) {
  std::vector<double> q;
  q.reserve(statistics.size());
  for (const double statistic : statistics) q.push_back(statistic > 0 ? curve.of(rounded(statistic)) : 1);
  return q;
}

}  // namespace dko
