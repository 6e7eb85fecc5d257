#include "regulator_penalties.hpp"

#include <algorithm>
#include <cmath>

namespace dko {

namespace {

constexpr double weakest_regulator = 0.02;  // in parts of the strongest
constexpr double regulator_power = 0.6;

/// `square` times the variance of x over the cells.
double input_variance(std::size_t gene, double square, const GeneLevels& levels,
                      const std::vector<std::int64_t>& counts, std::int64_t cells) {
  if (levels.any() && levels.scale[gene] > 0) return square * level_variance;
  const double frequency = static_cast<double>(counts[gene]) / static_cast<double>(cells);
  return square * frequency * (1 - frequency);
}

}  // namespace

std::vector<double> regulator_penalties(const std::vector<GeneFit>& fits, const GeneLevels& levels,
                                        const std::vector<std::int64_t>& counts, std::int64_t cells) {
  std::vector<double> strength(counts.size(), 0.0);
  for (const GeneFit& fit : fits) {
    for (std::size_t at = 0; at < fit.regulators.size(); ++at) {
      const auto gene = static_cast<std::size_t>(fit.regulators[at]);
      const double part = fit.effects[at] / fit.mean;
      strength[gene] += input_variance(gene, part * part, levels, counts, cells);
    }
  }
  for (double& value : strength) value = std::sqrt(value);
  const double largest = *std::max_element(strength.begin(), strength.end());
  if (!(largest > 0)) return std::vector<double>(strength.size(), 1.0);
  for (double& value : strength)
    value = std::pow(std::max(value / largest, weakest_regulator), -regulator_power);
  return strength;
}

}  // namespace dko
