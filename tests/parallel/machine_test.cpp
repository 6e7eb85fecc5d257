#include <catch2/catch.hpp>
#include <cmath>

#include "dko/parallel/communication_model.hpp"
#include "dko/parallel/memory_bandwidth.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("what is measured of the machine is the same on every rank, and finite") {
  const Communicator& ranks = testing::world();
  const double bandwidth = update_bandwidth(ranks, 1 << 20, 0.01);
  CHECK(bandwidth > 0);
  CHECK(std::isfinite(bandwidth));
  CHECK(ranks.max(bandwidth) == bandwidth);
  CHECK(ranks.max(-bandwidth) == -bandwidth);
  if (ranks.size() == 1) return;  // and nothing is measured between ranks
  const AllreduceModel model = measured_between(ranks);
  CHECK(model.seconds(1 << 24, ranks.size()) > 0);
  CHECK(ranks.max(model.latency) == model.latency);
  CHECK(ranks.max(-model.latency) == -model.latency);
  CHECK(ranks.max(-model.seconds_per_byte) == -model.seconds_per_byte);
}

TEST_CASE("arrays of no bytes have a bandwidth, too") {
  CHECK(update_bandwidth(testing::world(), 0, 0) > 0);
}
