#include "gene_targets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace dko {

namespace {

constexpr std::array<double, 4> powers{1, 0.75, 0.5, 1.0 / 3};

/// u^a of the powers that are tried, without std::pow.
double raised(double value, double power) {
  if (power == 1) return value;
  if (power == 0.75) return std::sqrt(value * std::sqrt(value));
  return power == 0.5 ? std::sqrt(value) : std::cbrt(value);
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments moments_of(std::span<const double> values, double mean, double power) {
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    const double scaled = (raised(value / mean, power) - 1) / power;
    sum += scaled;
    squares += scaled * scaled;
  }
  return {sum / count, squares / count - sum / count * (sum / count)};
}

}  // namespace

std::vector<double> targets_of(const GeneCells& data, std::span<const double> totals) {
  std::vector<double> targets(data.cells.size());
  for (std::size_t at = 0; at < targets.size(); ++at)
    targets[at] = static_cast<double>(data.shares[at]) * totals[static_cast<std::size_t>(data.cells[at])];
  return targets;
}

TargetScale::TargetScale(std::span<const double> values) {
  if (values.empty()) return;
  const auto count = static_cast<double>(values.size());
  mean_ = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (!(mean_ > 0)) return;
  double logs = 0;
  for (const double value : values)
    logs += std::log(std::max(value / mean_, std::numeric_limits<double>::min()));
  double greatest = -std::numeric_limits<double>::infinity();
  for (const double power : powers) {
    const Moments found = moments_of(values, mean_, power);
    if (!(found.variance > 0)) continue;
    const double likelihood = (power - 1) * logs - count / 2 * std::log(found.variance);
    if (!(likelihood > greatest)) continue;
    greatest = likelihood;
    power_ = power;
    centre_ = power == 1 ? 0 : found.mean;
  }
}

double TargetScale::operator()(double value) const {
  if (power_ == 1) return value;
  return mean_ * (1 + (raised(value / mean_, power_) - 1) / power_ - centre_);
}

}  // namespace dko
