#include "support/plain_scale.hpp"

#include <cmath>
#include <limits>

namespace dko::testing {

namespace {

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Of the values whose powers are normal, with their own mean and variance.
double log_density(const std::vector<double>& values, const std::vector<double>& scaled, double power) {
  const double mean = mean_of(scaled);
  double variance = 0;
  for (const double value : scaled)
    variance += (value - mean) * (value - mean) / static_cast<double>(scaled.size());
  double sum = 0;
  for (std::size_t at = 0; at < values.size(); ++at) {
    const double slope = std::pow(values[at], power - 1);  // d scaled / d value
    sum +=
        std::log(slope) - std::log(variance) / 2 - (scaled[at] - mean) * (scaled[at] - mean) / (2 * variance);
  }
  return sum;
}

}  // namespace

std::vector<double> plainly_scaled(const std::vector<double>& values) {
  const double unit = mean_of(values);
  std::vector<double> parts;
  for (const double value : values) parts.push_back(value / unit);
  std::vector<double> best = parts;
  double greatest = -std::numeric_limits<double>::infinity();
  for (const double power : {1.0, 0.75, 0.5, 1.0 / 3}) {
    std::vector<double> scaled;
    for (const double part : parts) scaled.push_back((std::pow(part, power) - 1) / power);
    const double density = log_density(parts, scaled, power);
    if (!(density > greatest)) continue;
    greatest = density;
    best = scaled;
  }
  const double centre = mean_of(best);
  for (double& value : best) value = unit * (1 + value - centre);
  return best;
}

}  // namespace dko::testing
