// Test programs run with or without MPI: every rank runs every test.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include "dko/parallel/session.hpp"
#include "testing.hpp"

int main(int argc, char** argv) {
  const dko::MpiSession session(argc, argv);
  dko::testing::set_world(session.world());
  const int failed = Catch::Session().run(argc, argv);
  dko::testing::set_world(dko::Communicator::one_rank());
  return failed;
}
