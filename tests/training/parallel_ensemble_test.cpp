// On every number of ranks: fewer ranks than members, as many, and more.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/parallel/collective.hpp"
#include "dko/training/ensemble.hpp"
#include "dko/training/sparse/effect_q_values.hpp"
#include "dko/training/sparse/sparse_fit.hpp"
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

TEST_CASE("a quick fit is the same bits for any number of ranks, on every rank") {
  const auto profiles = testing::random_matrix(80, 25, 0.6, 91).relative_profiles();
  std::vector<std::int64_t> known = testing::all_cells(profiles);
  known.resize(60);
  const std::vector<std::int64_t> cells{60, 70, 79};
  const std::vector<std::int32_t> genes{4, 11, 3};
  const auto alone = quick_sparse_outputs(profiles, known, cells, genes, 5, Communicator::one_rank());
  CHECK(quick_sparse_outputs(profiles, known, cells, genes, 5, testing::world()) == alone);
}

TEST_CASE("ranks with no gene to fit take part") {
  const auto profiles = testing::random_matrix(40, 2, 0.9, 92).relative_profiles();
  const auto cells = testing::all_cells(profiles);
  CHECK(same(fit_sparse(profiles, cells, 5, testing::world()).mapping,
             fit_sparse(profiles, cells, 5, Communicator::one_rank()).mapping));
}

TEST_CASE("sparse members are the same bits, side by side or one after the other, on rank 0 alone") {
  const auto profiles = testing::random_matrix(60, 12, 0.6, 93).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 2);
  ModelOptions options;
  options.kind = MappingKind::sparse;
  options.members = 3;
  const auto together = make_members(profiles, split, options, testing::world());
  const auto alone = make_members(profiles, split, options, Communicator::one_rank());
  REQUIRE(together.is_here() == testing::world().is_root());
  if (!together.is_here()) return;
  REQUIRE(together->size() == 3);
  for (std::size_t at = 0; at < together->size(); ++at) {
    const auto& ours = std::get<FittedMapping>((*together)[at]);
    const auto& theirs = std::get<FittedMapping>((*alone)[at]);
    CHECK(same(ours.mapping, theirs.mapping));
    CHECK(ours.mapping.factors() == theirs.mapping.factors());
    CHECK(ours.record.seed == member_seed(options.training.seed, static_cast<std::int64_t>(at)));
    CHECK(ours.record.cells == 48);
    CHECK(ours.record.effects == theirs.record.effects);
    CHECK(ours.record.factors == theirs.record.factors);
    CHECK(ours.record.penalties == theirs.record.penalties);
    CHECK(ours.record.cross_validated_distance == theirs.record.cross_validated_distance);
    REQUIRE(std::ssize(ours.q_values.decoys) == decoy_draws);
    for (std::size_t draw = 0; draw < ours.q_values.decoys.size(); ++draw) {
      CHECK(ours.q_values.decoys[draw].rows == theirs.q_values.decoys[draw].rows);
      CHECK(ours.q_values.decoys[draw].effects == theirs.q_values.decoys[draw].effects);
    }
  }
}

TEST_CASE("rank 0 alone has the decoys of a mapping, the same bits for any number of ranks") {
  const auto profiles = testing::random_matrix(80, 25, 0.6, 91).relative_profiles();
  const auto cells = testing::all_cells(profiles);
  const SparseMapping mapping = fit_sparse(profiles, cells, 5, testing::world()).mapping;
  const auto found = [&](const Communicator& ranks) {
    return find_q_values(profiles, cells, mapping, 0.1, 5, ranks).q_values;
  };
  const QValues of_all = found(testing::world());
  const QValues of_one = found(Communicator::one_rank());
  CHECK(of_all.effects == of_one.effects);
  CHECK(*std::min_element(of_one.effects.begin(), of_one.effects.end()) < 0.9);
  const auto& together = of_all.decoys;
  const auto& alone = of_one.decoys;
  if (!testing::world().is_root()) {
    CHECK(together.empty());
    return;
  }
  REQUIRE(together.size() == alone.size());
  std::size_t effects = 0;
  for (std::size_t draw = 0; draw < alone.size(); ++draw) {
    CHECK(together[draw].starts == alone[draw].starts);
    CHECK(together[draw].rows == alone[draw].rows);
    CHECK(together[draw].effects == alone[draw].effects);
    effects += alone[draw].effects.size();
  }
  CHECK(effects > 0);
}

namespace {

ModelOptions three_trained() {
  ModelOptions options;
  options.members = 3;
  options.training.steps = 30;
  options.training.validate_every = 4;
  options.training.patience = 1000;
  options.training.schedule = Schedule::cosine;
  options.training.weight_decay = 0.25;
  options.training.parallel = ParallelForm::data;
  return options;
}

/// Members by another number of ranks are the same to rounding, which is little after a few steps.
void check_near(std::span<const float> ours, std::span<const float> theirs) {
  REQUIRE(ours.size() == theirs.size());
  double worst = 0;
  for (std::size_t at = 0; at < ours.size(); ++at)
    worst = std::max(worst, std::abs(static_cast<double>(ours[at] - theirs[at])));
  CHECK(worst < 1e-3);
}

}  // namespace

TEST_CASE("trained members reach rank 0 whole, from whatever group, and no other rank") {
  const auto profiles = testing::random_matrix(60, 8, 0.7, 94).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 2);
  const ModelOptions options = three_trained();
  const auto together = make_members(profiles, split, options, testing::world());
  const auto alone = make_members(profiles, split, options, Communicator::one_rank());
  REQUIRE(together.is_here() == testing::world().is_root());
  if (!together.is_here()) return;
  REQUIRE(together->size() == 3);
  for (std::size_t at = 0; at < together->size(); ++at) {
    const auto& [mapping, record, variances] = std::get<TrainedMapping>((*together)[at]);
    const auto& [lone_mapping, lone_record, lone_variances] = std::get<TrainedMapping>((*alone)[at]);
    CHECK(variances.empty());  // found once all members are there
    CHECK(lone_variances.empty());
    CHECK(record.seed == member_seed(options.training.seed, static_cast<std::int64_t>(at)));
    CHECK(record.steps == 30);
    CHECK(record.batch == 20);
    CHECK(record.learning_rate == 0.01);
    CHECK(record.schedule == "cosine");
    CHECK(record.weight_decay == 0.25);
    CHECK(record.patience == 1000);
    CHECK(record.validate_every == 4);
    CHECK((record.parallel == "data" || record.parallel == "sharded"));  // of one rank always sharded
    CHECK(record.training_cells == 48);
    CHECK(record.validation_cells == 12);
    CHECK(record.best_step % 4 == 0);
    CHECK(record.best_validation_loss == Approx(lone_record.best_validation_loss).epsilon(1e-4));
    CHECK(mapping.shape().genes == 8);
    CHECK(mapping.shape().hidden == 8);
    check_near(mapping.parameters(), lone_mapping.parameters());
    check_near(record.training_losses, lone_record.training_losses);
    check_near(record.validation_losses, lone_record.validation_losses);
  }
}

TEST_CASE("a member that is made alone is the same bits as among all, on as many ranks") {
  const auto profiles = testing::random_matrix(60, 8, 0.7, 94).relative_profiles();
  const Split split = split_cells(profiles, 0.2, 0, {}, 2);
  for (const MappingKind kind : {MappingKind::dko, MappingKind::sparse}) {
    ModelOptions options = three_trained();
    options.kind = kind;
    const auto all = make_members(profiles, split, options, Communicator::one_rank());
    for (std::int64_t member = 0; member < options.members; ++member) {
      options.member = member;
      const auto alone = make_members(profiles, split, options, Communicator::one_rank());
      REQUIRE(alone->size() == 1);
      const Model ours{{alone->front()}, profiles.gene_names(), {}, {}, {}};
      const Model theirs{{(*all)[static_cast<std::size_t>(member)]}, profiles.gene_names(), {}, {}, {}};
      CHECK(checksum_of(ours) == checksum_of(theirs));
      std::visit(
          [&](const auto& made) { CHECK(made.record.seed == member_seed(options.training.seed, member)); },
          alone->front());
    }
    // On several ranks all of them make the one.
    const auto together = make_members(profiles, split, options, testing::world());
    CHECK(together.transform([](const auto& made) { return made.size(); }).or_empty() ==
          (testing::world().is_root() ? 1 : 0));
  }
}

TEST_CASE("members differ") {
  const auto profiles = testing::random_matrix(60, 8, 0.7, 94).relative_profiles();
  const auto members =
      make_members(profiles, split_cells(profiles, 0.2, 0, {}, 2), three_trained(), testing::world());
  if (!members.is_here()) return;
  const auto first = std::get<TrainedMapping>((*members)[0]).mapping.parameters();
  const auto second = std::get<TrainedMapping>((*members)[1]).mapping.parameters();
  CHECK_FALSE(std::equal(first.begin(), first.end(), second.begin()));
}

TEST_CASE("a member that diverges fails on every rank, in the same words") {
  const auto profiles = testing::random_matrix(60, 8, 0.7, 95).relative_profiles();
  const Split split = split_cells(profiles, 0, 0, {}, 2);
  ModelOptions options;
  options.members = 2;
  options.training.steps = 300;
  options.training.validation = 0;
  options.training.learning_rate = 1e30;
  CHECK_THROWS_AS(make_members(profiles, split, options, testing::world()), CollectiveFailure);
  CHECK_THROWS_WITH(make_members(profiles, split, options, testing::world()), Catch::Contains("diverged"));
}

TEST_CASE("groups are contiguous, even, and make all members") {
  for (const std::int64_t members : {1, 2, 3, 5, 12}) {
    for (const int ranks : {1, 2, 3, 4, 7, 16}) {
      const MemberGroups groups(members, ranks);
      std::vector<std::int64_t> sizes(static_cast<std::size_t>(groups.count));
      for (int rank = 0; rank < ranks; ++rank) ++sizes[static_cast<std::size_t>(groups.of(rank))];
      std::int64_t made = 0;
      for (std::int64_t group = 0; group < groups.count; ++group) {
        CHECK(groups.size(group) == sizes[static_cast<std::size_t>(group)]);
        CHECK(groups.of(groups.leader(group)) == group);
        CHECK(groups.size(group) >= groups.size(0) - 1);
        CHECK(groups.size(group) <= groups.size(0));
        CHECK(groups.turns(group) <= groups.turns(0));
        made += groups.turns(group);
      }
      CHECK(made == members);
    }
  }
}
