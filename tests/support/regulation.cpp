#include "regulation.hpp"

#include <algorithm>
#include <cmath>

namespace dko::testing {

namespace {

using Vector = std::vector<double>;

struct Weights {
  std::vector<Vector> raise;
  std::vector<Vector> lower;
};

Weights weights_of(const std::vector<Regulation>& network, std::size_t n) {
  Weights weights{std::vector<Vector>(n, Vector(n, 0.0)), std::vector<Vector>(n, Vector(n, 0.0))};
  for (const Regulation& edge : network) {
    auto& table = edge.activates ? weights.raise : weights.lower;
    table[static_cast<std::size_t>(edge.target)][static_cast<std::size_t>(edge.regulator)] = edge.weight;
  }
  return weights;
}

Vector slope(const Weights& weights, const std::vector<bool>& absent, const Vector& x, RepressorLoss loss) {
  Vector rate(x.size(), 0.0);
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (absent[j]) continue;
    rate[j] = -x[j];
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!absent[i]) rate[j] += (weights.raise[j][i] * x[i] + weights.lower[j][i]) / (1 + x[i]);
      if (absent[i] && loss == RepressorLoss::frees) rate[j] += weights.lower[j][i];
    }
  }
  return rate;
}

/// So slow that the rest of the time could not move a level by what a test would see: 400 × 1e-13.
bool stands_still(const Vector& rate) {
  return std::all_of(rate.begin(), rate.end(), [](double of_gene) { return std::abs(of_gene) < 1e-13; });
}

}  // namespace

std::vector<double> integrated(const std::vector<Regulation>& network, const std::vector<bool>& absent,
                               std::vector<double> x, RepressorLoss loss) {
  const Weights weights = weights_of(network, x.size());
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (absent[j]) x[j] = 0;
  }
  constexpr double step = 0.05;
  for (int at = 0; at < 8000; ++at) {
    const auto moved = [&](const Vector& by, double part) {
      Vector to = x;
      for (std::size_t j = 0; j < x.size(); ++j) to[j] += part * step * by[j];
      return to;
    };
    const Vector k1 = slope(weights, absent, x, loss);
    if (stands_still(k1)) break;
    const Vector k2 = slope(weights, absent, moved(k1, 0.5), loss);
    const Vector k3 = slope(weights, absent, moved(k2, 0.5), loss);
    const Vector k4 = slope(weights, absent, moved(k3, 1), loss);
    for (std::size_t j = 0; j < x.size(); ++j) x[j] += step / 6 * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]);
  }
  return x;
}

}  // namespace dko::testing
