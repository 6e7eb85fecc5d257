#include "dko/training/two_layer/schedule.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace dko;

TEST_CASE("the constant rate is the learning rate to the bit") {
  for (const std::int64_t step : {0, 1, 500, 999}) {
    CHECK(scheduled_rate(Schedule::constant, 0.01, step, 1000) == 0.01);
  }
}

TEST_CASE("the cosine goes from the learning rate over its half towards zero") {
  CHECK(scheduled_rate(Schedule::cosine, 0.01, 0, 1000) == 0.01);
  CHECK(scheduled_rate(Schedule::cosine, 0.01, 250, 1000) == Approx(0.01 * (2 + std::sqrt(2.0)) / 4));
  CHECK(scheduled_rate(Schedule::cosine, 0.01, 500, 1000) == Approx(0.005));
  // Near its end ½(1 + cos(π − x)) is x²/4, x being π/1000.
  const double last = scheduled_rate(Schedule::cosine, 0.01, 999, 1000);
  CHECK(last == Approx(0.01 * 9.8696044e-6 / 4).epsilon(1e-5));
  CHECK(scheduled_rate(Schedule::cosine, 0.01, 0, 1) == 0.01);
}

TEST_CASE("schedules have names") {
  CHECK(name_of(Schedule::constant) == "constant");
  CHECK(name_of(Schedule::cosine) == "cosine");
}
