// On every number of ranks: what is shared among them comes out as one process alone computes it.
#include <algorithm>
#include <catch2/catch.hpp>

#include "dko/base/random.hpp"
#include "dko/evaluation/real_knockout.hpp"
#include "dko/evaluation/score_comparison.hpp"
#include "dko/metrics/baselines.hpp"
#include "dko/metrics/ridge.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

ScoreQuestion small_question() {
  RandomStream stream(9, "question");
  std::vector<std::int64_t> units;
  std::vector<std::int32_t> cells;
  ScoreQuestion question;
  question.scores = {{"score", {}}, {"own share", {}}};
  for (std::int32_t cell = 0; cell < 12; ++cell) {
    for (std::int64_t gene = 0; gene < 5; ++gene) {
      units.push_back(gene);
      cells.push_back(cell);
      question.truth.push_back(stream.uniform(0, 1));
      for (NamedScores& scores : question.scores) scores.values.push_back(stream.uniform(0, 1));
    }
  }
  question.sample = make_event_sample(units, cells);
  question.least_effect = 0.5;
  question.baselines = {1};
  return question;
}

bool same(const std::vector<std::optional<Interval>>& a, const std::vector<std::optional<Interval>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.has_value() == y.has_value() && (!x || (x->low == y->low && x->high == y->high));
  });
}

}  // namespace

TEST_CASE("intervals are the same on any number of ranks, more than resamples included") {
  for (const std::int64_t resamples : {0, 1, 2, 25}) {
    const auto& world = testing::world();
    const auto shared = compare_scores(at_root(world, small_question()), resamples, 3, world);
    const auto alone = compare_scores(AtRoot(small_question()), resamples, 3, Communicator::one_rank());
    REQUIRE(shared.is_here() == world.is_root());
    if (!shared.is_here()) continue;
    CHECK(shared->events == 60);
    REQUIRE(shared->scores.size() == 2);
    for (std::size_t score = 0; score < 2; ++score) {
      CHECK(shared->scores[score].figures == alone->scores[score].figures);
      CHECK(same(shared->scores[score].intervals, alone->scores[score].intervals));
      CHECK(same(shared->scores[score].over_baseline, alone->scores[score].over_baseline));
    }
  }
}

TEST_CASE("ridge predictions do not depend on the ranks that share the genes") {
  const auto profiles = testing::random_matrix(20, 3, 0.8, 5).relative_profiles();
  const std::vector<std::int64_t> known{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  const std::vector<std::int64_t> cells{16, 18};
  const auto shared = ridge_profiles(profiles, known, cells, 1, testing::world());
  const auto alone = ridge_profiles(profiles, known, cells, 1, Communicator::one_rank());
  CHECK(shared.penalty == alone.penalty);
  CHECK(shared.profiles == alone.profiles);
}

TEST_CASE("predicted changes do not depend on the ranks that share the cells") {
  const auto profiles = testing::random_matrix(3, 6, 0.9, 5).relative_profiles();
  const std::vector<CollapsedMapping> mapping{CollapsedMapping(testing::random_mapping({6, 6}, 1, 6))};
  const std::vector<std::int32_t> genes{1, 4};
  const auto shared = predicted_changes(profiles, mapping, genes, testing::world());
  const auto alone = predicted_changes(profiles, mapping, genes, Communicator::one_rank());
  for (std::size_t at = 0; at < genes.size(); ++at) {
    CHECK(shared[at].cells == alone[at].cells);
    for (std::size_t gene = 0; gene < 6; ++gene)
      CHECK(shared[at].after[gene] == Approx(alone[at].after[gene]).margin(1e-14));
  }
}
