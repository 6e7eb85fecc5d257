// On every number of ranks: fewer ranks than members, as many, and more.
#include <algorithm>
#include <catch2/catch.hpp>

#include "dko/parallel/collective.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/training/sparse_fit.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

bool same(std::span<const double> x, std::span<const double> y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end());
}

bool same(const SparseMapping& x, const SparseMapping& y) {
  return std::equal(x.rows().begin(), x.rows().end(), y.rows().begin(), y.rows().end()) &&
         std::equal(x.starts().begin(), x.starts().end(), y.starts().begin(), y.starts().end()) &&
         same(x.effects(), y.effects()) && same(x.offset(), y.offset()) && same(x.floor(), y.floor()) &&
         same(x.loadings(), y.loadings()) && same(x.responses(), y.responses());
}

}  // namespace

TEST_CASE("a sparse mapping is the same bits for any number of ranks, on every rank") {
  const auto profiles = testing::random_matrix(80, 25, 0.6, 91).relative_profiles();
  const auto cells = testing::all_cells(profiles);
  const FittedMapping together = fit_sparse(profiles, cells, 5, testing::world());
  const FittedMapping alone = fit_sparse(profiles, cells, 5, Communicator::one_rank());
  CHECK(same(together.mapping, alone.mapping));
  CHECK(together.record.penalties == alone.record.penalties);
  CHECK(together.record.cross_validated_distance == alone.record.cross_validated_distance);
}

TEST_CASE("ranks with no gene to fit take part") {
  const auto profiles = testing::random_matrix(40, 2, 0.9, 92).relative_profiles();
  const auto cells = testing::all_cells(profiles);
  CHECK(same(fit_sparse(profiles, cells, 5, testing::world()).mapping,
             fit_sparse(profiles, cells, 5, Communicator::one_rank()).mapping));
}

TEST_CASE("sparse members are the same bits, side by side or one after the other") {
  const auto profiles = testing::random_matrix(60, 12, 0.6, 93).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 2);
  ModelOptions options;
  options.kind = MappingKind::sparse;
  options.members = 3;
  const auto together = make_members(profiles, split, options, testing::world());
  const auto alone = make_members(profiles, split, options, Communicator::one_rank());
  REQUIRE(together.size() == 3);
  for (std::size_t at = 0; at < 3; ++at) {
    const auto& ours = std::get<FittedMapping>(together[at]);
    const auto& theirs = std::get<FittedMapping>(alone[at]);
    CHECK(same(ours.mapping, theirs.mapping));
    CHECK(ours.record.seed == member_seed(options.training.seed, static_cast<std::int64_t>(at)));
    CHECK(ours.record.cells == 48);
  }
}

TEST_CASE("trained members reach every rank whole") {
  const auto profiles = testing::random_matrix(60, 8, 0.7, 94).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 2);
  ModelOptions options;
  options.members = 3;
  options.training.steps = 30;
  const auto members = make_members(profiles, split, options, testing::world());
  for (const Member& member : members) {
    const auto& trained = std::get<TrainedMapping>(member);
    CHECK(trained.record.training_losses.size() == 30);
    CHECK(trained.record.steps == 30);
    const auto parameters = trained.mapping.parameters();
    std::vector<float> of_root(parameters.begin(), parameters.end());
    testing::world().broadcast(std::span<float>(of_root));
    CHECK(std::equal(parameters.begin(), parameters.end(), of_root.begin()));
  }
  const auto first = std::get<TrainedMapping>(members[0]).mapping.parameters();
  const auto second = std::get<TrainedMapping>(members[1]).mapping.parameters();
  CHECK_FALSE(std::equal(first.begin(), first.end(), second.begin()));
}

TEST_CASE("a member that diverges fails on every rank") {
  const auto profiles = testing::random_matrix(60, 8, 0.7, 95).relative_profiles();
  const Split split = split_cells(profiles, 0, 0, {}, 2);
  ModelOptions options;
  options.members = 2;
  options.training.steps = 300;
  options.training.validation = 0;
  options.training.learning_rate = 1e30;
  CHECK_THROWS_AS(make_members(profiles, split, options, testing::world()), CollectiveFailure);
}
