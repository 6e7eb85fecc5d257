#include "dko/training/adam.hpp"

#include <cmath>

namespace dko {

namespace {
constexpr double beta1 = 0.9;
constexpr double beta2 = 0.999;
constexpr float epsilon = 1e-8F;
}  // namespace

Adam::Adam(std::int64_t parameters)
    : first_moment_(static_cast<std::size_t>(parameters)),
      second_moment_(static_cast<std::size_t>(parameters)) {}

void Adam::step(std::span<float> parameters, std::span<const float> gradient, double learning_rate) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const auto rate = static_cast<float>(learning_rate / (1 - std::pow(beta1, t)));
  const auto scale = static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, t)));
  constexpr auto b1 = static_cast<float>(beta1);
  constexpr auto b2 = static_cast<float>(beta2);
  float* w = parameters.data();
  float* m = first_moment_.data();
  float* v = second_moment_.data();
  const float* g = gradient.data();
  const std::size_t count = parameters.size();
  for (std::size_t at = 0; at < count; ++at) {
    m[at] = b1 * m[at] + (1 - b1) * g[at];
    v[at] = b2 * v[at] + (1 - b2) * g[at] * g[at];
    w[at] -= rate * m[at] / (std::sqrt(v[at]) * scale + epsilon);
  }
}

void decay_weights(std::span<float> weights, double learning_rate, double weight_decay) {
  // The share that goes, not the one that stays: 1 − 1e-8 is 1 in single precision.
  const auto share = static_cast<float>(learning_rate * weight_decay);
  for (float& weight : weights) weight -= share * weight;
}

}  // namespace dko
