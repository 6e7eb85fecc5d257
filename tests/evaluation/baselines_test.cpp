#include "dko/evaluation/baselines.hpp"

#include <catch2/catch.hpp>

#include "support/testing.hpp"

using namespace dko;

TEST_CASE("mean shares count a gene where it is expressed, and are renormalised") {
  const auto profiles = testing::matrix_of({{0.5F, 0.5F, 0}, {0.9F, 0, 0.1F}, {1, 1, 1}, {0, 0, 1}});
  const std::vector<std::int64_t> known{0, 1};
  const std::vector<std::int64_t> cells{2, 3};
  const auto predicted = mean_share_profiles(profiles, known, cells);
  // mean shares 0.7, 0.5, 0.1
  CHECK(predicted[0] == Approx(0.7 / 1.3));
  CHECK(predicted[1] == Approx(0.5 / 1.3));
  CHECK(predicted[2] == Approx(0.1 / 1.3));
  CHECK(predicted[3] == 0);
  CHECK(predicted[5] == 1);
}

TEST_CASE("a cell of unknown genes has no baseline profile, and no NaN") {
  const auto profiles = testing::matrix_of({{1, 0}, {0, 1}});
  const std::vector<std::int64_t> known{0};
  const std::vector<std::int64_t> cells{1};
  CHECK(mean_share_profiles(profiles, known, cells) == std::vector<float>{0, 0});
}

TEST_CASE("dense profiles are the matrix's rows") {
  const auto profiles = testing::matrix_of({{0.5F, 0, 0.5F}, {0, 1, 0}});
  CHECK(dense_profiles(profiles, testing::all_cells(profiles)) == std::vector<float>{0.5F, 0, 0.5F, 0, 1, 0});
}
