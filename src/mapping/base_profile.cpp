#include "dko/mapping/base_profile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dko {

std::optional<Base> base_named(std::string_view name) {
  for (const Base base : every_base) {
    if (name == name_of(base)) return base;
  }
  return std::nullopt;
}

double BaseProfile::ratio(const IntactCell& cell, std::size_t at, double fitted) const {
  // A share that is too small for a float is not lost.
  const auto observed = static_cast<double>(std::max(cell.shares[at], std::numeric_limits<float>::min()));
  if (base_ == Base::observed || std::isinf(cell.total)) return observed / fitted;
  const double variance = variances_[static_cast<std::size_t>(cell.expressed[at])];
  const double weight = variance / (variance + fitted / cell.total);
  return (1 - weight) + weight * (observed / fitted);
}

std::vector<double> BaseProfile::ratios(const IntactCell& cell, std::span<const double> sizes) const {
  std::vector<double> ratios(sizes.size(), 1.0);
  if (is_fitted()) return ratios;
  const double total = std::accumulate(sizes.begin(), sizes.end(), 0.0);
  const double least = least_output * total / static_cast<double>(sizes.size());
  for (std::size_t at = 0; at < sizes.size(); ++at) {
    if (sizes[at] > 0 && sizes[at] >= least) ratios[at] = ratio(cell, at, sizes[at] / total);
  }
  return ratios;
}

}  // namespace dko
