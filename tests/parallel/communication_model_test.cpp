#include "dko/parallel/communication_model.hpp"

#include <catch2/catch.hpp>

using namespace dko;

TEST_CASE("an allreduce takes its messages there and back, and its bytes nearly twice") {
  const AllreduceModel model{.latency = 3e-6, .seconds_per_byte = 1e-9};
  CHECK(model.seconds(1000, 1) == 0);
  CHECK(model.seconds(1000, 2) == Approx(2 * 3e-6 + 1000e-9));
  CHECK(model.seconds(1000, 4) == Approx(4 * 3e-6 + 1500e-9));
  CHECK(model.seconds(1000, 5) == Approx(6 * 3e-6 + 1600e-9));  // three rounds for five ranks
  CHECK(model.seconds(0, 1024) == Approx(20 * 3e-6));
  CHECK(model.seconds(1e6, 1024) == Approx(20 * 3e-6 + 2 * 1023.0 / 1024 * 1e-3));
}

TEST_CASE("a fit finds the constants that times were made of") {
  for (const int ranks : {2, 3, 4, 17, 1000}) {
    const AllreduceModel made{.latency = 2.5e-6, .seconds_per_byte = 3e-10};
    const auto time = [&](double bytes) { return AllreduceTime{bytes, made.seconds(bytes, ranks)}; };
    const AllreduceModel fitted = fit_allreduce(time(4), time(1 << 24), ranks);
    CHECK(fitted.latency == Approx(2.5e-6));
    CHECK(fitted.seconds_per_byte == Approx(3e-10));
  }
}

TEST_CASE("times that contradict the model give no negative constants") {
  const AllreduceModel quicker = fit_allreduce({4, 1e-5}, {1e6, 9e-6}, 4);
  CHECK(quicker.seconds_per_byte == 0);
  CHECK(quicker.latency == Approx(1e-5 / 4));
  const AllreduceModel steep = fit_allreduce({1e5, 1e-6}, {2e5, 1.0}, 4);
  CHECK(steep.latency == 0);
  CHECK(steep.seconds_per_byte > 0);
}
