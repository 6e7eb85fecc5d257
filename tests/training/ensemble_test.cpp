#include "dko/training/ensemble.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <set>

#include "dko/training/two_layer/train.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("members divide the same cells, each in its own way, and hold out the same") {
  const auto matrix = testing::random_matrix(100, 5, 0.9, 81);
  const Split split = split_cells(matrix, 0.2, 0.1, {}, 3);
  const auto all = [](const Split& of) {
    std::set<std::int64_t> cells(of.training.begin(), of.training.end());
    cells.insert(of.validation.begin(), of.validation.end());
    return cells;
  };
  std::set<std::vector<std::int64_t>> validations;
  for (std::int64_t member = 0; member < 4; ++member) {
    const Split own = member_split(split, 3, member);
    CHECK(own.held_out == split.held_out);
    CHECK(own.validation.size() == split.validation.size());
    CHECK(own.training.size() == split.training.size());
    CHECK(all(own) == all(split));
    CHECK(std::is_sorted(own.training.begin(), own.training.end()));
    validations.insert(own.validation);
  }
  CHECK(validations.size() == 4);
  CHECK(member_split(split, 3, 0).validation == split.validation);
}

TEST_CASE("the first member has the ensemble's seed, the others their own") {
  CHECK(member_seed(7, 0) == 7);
  std::set<std::uint64_t> seeds;
  for (std::int64_t member = 0; member < 20; ++member) seeds.insert(member_seed(7, member));
  CHECK(seeds.size() == 20);
  CHECK(member_seed(8, 3) != member_seed(7, 3));
}

TEST_CASE("an ensemble of one is what train makes") {
  const auto profiles = testing::random_matrix(60, 10, 0.7, 82).relative_profiles();
  ModelOptions options;
  options.training.steps = 20;
  const Split split = split_cells(profiles, 0.2, 0, {}, 1);
  const auto members = make_members(profiles, split, options, Communicator::one_rank());
  const TrainedMapping alone = train(profiles, split, options.training, Communicator::one_rank());
  REQUIRE(members->size() == 1);
  const auto ours = std::get<TrainedMapping>(members->front()).mapping.parameters();
  CHECK(std::equal(ours.begin(), ours.end(), alone.mapping.parameters().begin()));
}
