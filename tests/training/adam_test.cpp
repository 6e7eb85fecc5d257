#include "dko/training/adam.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using dko::Adam;
using dko::decay_weights;

TEST_CASE("the first step is the learning rate along the sign of the gradient") {
  Adam adam(3);
  std::vector<float> w{1, 1, 1};
  const std::vector<float> g{0.5F, -1e-3F, 0};
  adam.step(w, g, 0.01);
  CHECK(w[0] == Approx(0.99).epsilon(1e-6));
  CHECK(w[1] == Approx(1.01).epsilon(1e-5));
  CHECK(w[2] == 1);
}

TEST_CASE("three steps by hand") {
  // The textbook form, bias-corrected moments, in double precision.
  const std::vector<double> gradients{0.3, -0.2, 0.7};
  double w = 0.5;
  double m = 0;
  double v = 0;
  Adam adam(1);
  std::vector<float> ours{0.5F};
  for (std::size_t t = 1; t <= gradients.size(); ++t) {
    const double g = gradients[t - 1];
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double m_hat = m / (1 - std::pow(0.9, static_cast<double>(t)));
    const double v_hat = v / (1 - std::pow(0.999, static_cast<double>(t)));
    w -= 0.01 * m_hat / (std::sqrt(v_hat) + 1e-8);
    adam.step(ours, std::vector<float>{static_cast<float>(g)}, 0.01);
    CHECK(static_cast<double>(ours[0]) == Approx(w).epsilon(1e-6));
  }
}

TEST_CASE("AdamW by hand, with a rate of its own at every step") {
  // In double precision: the decay beside the step, of the weights before it.
  constexpr double decay = 2;  // much, so that an error in it is seen
  const std::vector<double> gradients{0.3, -0.2, 0.7, -0.9};
  const std::vector<double> rates{0.01, 0.008, 0.003, 0.0005};
  double w = 0.5;
  double m = 0;
  double v = 0;
  Adam adam(1);
  std::vector<float> ours{0.5F};
  for (std::size_t t = 1; t <= gradients.size(); ++t) {
    const double g = gradients[t - 1];
    const double rate = rates[t - 1];
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double m_hat = m / (1 - std::pow(0.9, static_cast<double>(t)));
    const double v_hat = v / (1 - std::pow(0.999, static_cast<double>(t)));
    w = w - rate * m_hat / (std::sqrt(v_hat) + 1e-8) - rate * decay * w;
    decay_weights(ours, rate, decay);
    adam.step(ours, std::vector<float>{static_cast<float>(g)}, rate);
    CHECK(static_cast<double>(ours[0]) == Approx(w).epsilon(1e-6));
  }
}

TEST_CASE("a decay too small for one minus it in single precision still takes its share") {
  std::vector<float> weights{1e-3F};
  for (int step = 0; step < 1000; ++step) decay_weights(weights, 0.01, 2e-5);
  // Each step takes 2e-7 of the weight, about three units in its last place.
  CHECK(static_cast<double>(weights[0]) == Approx(1e-3 * (1 - 2e-4)).epsilon(5e-5));
}
