#include "dko/training/adam.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using dko::Adam;

TEST_CASE("the first step is the learning rate along the sign of the gradient") {
  Adam adam(3, 0.01);
  std::vector<float> w{1, 1, 1};
  const std::vector<float> g{0.5F, -1e-3F, 0};
  adam.step(w, g);
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
  Adam adam(1, 0.01);
  std::vector<float> ours{0.5F};
  for (std::size_t t = 1; t <= gradients.size(); ++t) {
    const double g = gradients[t - 1];
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double m_hat = m / (1 - std::pow(0.9, static_cast<double>(t)));
    const double v_hat = v / (1 - std::pow(0.999, static_cast<double>(t)));
    w -= 0.01 * m_hat / (std::sqrt(v_hat) + 1e-8);
    adam.step(ours, std::vector<float>{static_cast<float>(g)});
    CHECK(static_cast<double>(ours[0]) == Approx(w).epsilon(1e-6));
  }
}
