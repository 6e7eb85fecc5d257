#include "dko/knockout/kernels/ensemble_kernel.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/knockout/kernels/dense_cell_kernel.hpp"
#include "support/full_network.hpp"
#include "support/pair_scores.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace ensemble_kernel_test {

using FullScore = double (*)(const Mapping&, std::span<const std::int32_t>, std::span<const std::int32_t>);
constexpr std::array<FullScore, 2> full_scores{testing::full_impact, testing::full_network_impact};

/// Means and standard deviations of both scores, member by member through the full network.
KnockoutScores expected(const std::vector<Mapping>& members, std::span<const std::int32_t> genes,
                        std::span<const std::int32_t> positions) {
  std::vector<std::int32_t> removed;
  for (const std::int32_t position : positions) removed.push_back(genes[static_cast<std::size_t>(position)]);
  const auto count = static_cast<double>(members.size());
  KnockoutScores scores;
  for (const Score score : {Score::impact, Score::network}) {
    const FullScore full_score = full_scores[static_cast<std::size_t>(score)];
    double sum = 0;
    for (const Mapping& member : members) sum += full_score(member, genes, removed);
    double squares = 0;
    for (const Mapping& member : members)
      squares += std::pow(full_score(member, genes, removed) - sum / count, 2);
    scores[score] = sum / count;
    scores[deviation_of(score)] = std::sqrt(squares / (count - 1));
  }
  return scores;
}

/// All knockouts of one, two and three of n genes.
std::vector<std::vector<std::int32_t>> knockouts(std::int32_t n) {
  std::vector<std::vector<std::int32_t>> all;
  for (std::int32_t a = 0; a < n; ++a) {
    all.push_back({a});
    for (std::int32_t b = a + 1; b < n; ++b) {
      all.push_back({a, b});
      for (std::int32_t c = b + 1; c < n; ++c) all.push_back({a, b, c});
    }
  }
  return all;
}

TEST_CASE("means and standard deviations over the members are the full networks'") {
  const auto matrix = testing::random_matrix(3, 11, 0.8, 61);
  const auto members = testing::random_members(GENERATE(2, 3, 5), {11, 7}, 62);
  const auto mappings = testing::collapsed(members);
  EnsembleKernel kernel(mappings);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto genes = matrix.expressed(cell);
    REQUIRE(genes.size() > 4);
    kernel.load(genes);
    for (const auto& removed : knockouts(static_cast<std::int32_t>(genes.size()))) {
      const KnockoutScores scores = kernel.scores(removed);
      const KnockoutScores oracle = expected(members, genes, removed);
      for (const Score score : every_score) REQUIRE(scores[score] == Approx(oracle[score]).margin(1e-12));
      REQUIRE(scores.impact_sd > 0);
    }
  }
}

TEST_CASE("all pairs at once have the scores of pair after pair, whatever else is wanted") {
  const auto matrix = testing::random_matrix(1, 12, 0.9, 63);
  const auto mappings = testing::collapsed(testing::random_members(GENERATE(1, 3), {12, 12}, 64));
  const auto genes = matrix.expressed(0);
  const auto n = static_cast<std::int32_t>(genes.size());
  EnsembleKernel kernel(mappings);
  kernel.load(genes);
  const std::vector<ScoreSet> sets{both_scores, {{.impact = true}}, {{.network = true}}};
  for (const ScoreSet& set : sets) {
    const ScoreSet wanted = mappings.size() > 1 ? with_deviations(set) : set;
    const testing::PairScores pairs(kernel, n, wanted);
    pairs.for_each([&](std::int32_t a, std::int32_t b, std::size_t at) {
      const KnockoutScores scores = kernel.scores(std::vector<std::int32_t>{a, b});
      for (const Score score : every_score) {
        if (wanted.has(score))
          REQUIRE(static_cast<double>(pairs.values[score][at]) == Approx(scores[score]).margin(1e-6));
      }
    });
  }
}

TEST_CASE("one member is its own kernel, to the bit, without standard deviations") {
  const auto matrix = testing::random_matrix(3, 12, 0.8, 65);
  const auto mappings = testing::collapsed(testing::random_members(1, {12, 12}, 66));
  EnsembleKernel ensemble(mappings);
  DenseCellKernel kernel(mappings[0]);
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto genes = matrix.expressed(cell);
    const auto n = static_cast<std::int32_t>(genes.size());
    ensemble.load(genes);
    kernel.load(genes);
    CHECK(ensemble.intact_profile() == kernel.intact_profile());
    for (const auto& removed : knockouts(n)) {
      const KnockoutScores scores = ensemble.scores(removed);
      REQUIRE(scores.impact == kernel.scores(removed).impact);
      REQUIRE(scores.network == kernel.scores(removed).network);
      REQUIRE(scores.impact_sd == 0);
      REQUIRE(scores.network_sd == 0);
      REQUIRE(ensemble.profile_after(removed) == kernel.profile_after(removed));
    }
    CHECK(testing::PairScores(ensemble, n).values.impact == testing::PairScores(kernel, n).values.impact);
    CHECK(testing::PairScores(ensemble, n).values.network == testing::PairScores(kernel, n).values.network);
  }
}

TEST_CASE("members that are the same do not disagree") {
  const auto matrix = testing::random_matrix(1, 9, 0.9, 67);
  const CollapsedMapping mapping(testing::random_mapping({9, 9}, 1, 68));
  const std::vector<CollapsedMapping> mappings(4, mapping);
  EnsembleKernel ensemble(mappings);
  ensemble.load(matrix.expressed(0));
  const std::vector<std::int32_t> removed{1, 3};
  CHECK(ensemble.scores(removed).impact_sd == Approx(0).margin(1e-15));
  CHECK(ensemble.scores(removed).network_sd == Approx(0).margin(1e-15));
}

TEST_CASE("profiles are means of the full networks' profiles") {
  const auto members = testing::random_members(3, {8, 8}, 69);
  const auto mappings = testing::collapsed(members);
  const std::vector<std::int32_t> genes{0, 2, 3, 5, 7};
  const std::vector<std::int32_t> left{0, 3, 5, 7};
  const std::vector<std::int32_t> removed{1};
  EnsembleKernel kernel(mappings);
  kernel.load(genes);
  const auto before = kernel.intact_profile();
  const auto after = kernel.profile_after(removed);
  for (std::size_t at = 0; at < genes.size(); ++at) {
    double mean_before = 0;
    double mean_after = 0;
    for (const Mapping& member : members) {
      mean_before += testing::full_profile(member, genes)[static_cast<std::size_t>(genes[at])] / 3;
      mean_after += testing::full_profile(member, left)[static_cast<std::size_t>(genes[at])] / 3;
    }
    CHECK(before[at] == Approx(mean_before).margin(1e-12));
    CHECK(after[at] == Approx(mean_after).margin(1e-12));
  }
}

}  // namespace ensemble_kernel_test
