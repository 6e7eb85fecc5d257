// On every number of ranks: the explanation of a knockout is what the full networks predict gene by gene, to
// the same bits whatever the ranks.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <set>

#include "dko/knockout/explanation.hpp"
#include "support/full_network.hpp"
#include "support/member_profiles.hpp"
#include "support/plain_sparse.hpp"
#include "support/screens.hpp"

using namespace dko;
using testing::Genes;
using testing::genes_of;
using testing::Profile;

namespace {

std::vector<double> renormalised(std::vector<double> profile, const Genes& removed) {
  for (const std::int32_t gene : removed) profile[static_cast<std::size_t>(gene)] = 0;
  double total = 0;
  for (const double share : profile) total += share;
  for (double& share : profile) share /= total;
  return profile;
}

struct Spread {
  double mean;
  double sd;
};

Spread spread_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? 0 : std::sqrt(squares / (static_cast<double>(values.size()) - 1))};
}

/// What each member predicts, the mean over the cells of value(member's profiles).
template <class Value>
Spread over_members(const std::vector<Profile>& members, const RelativeProfiles& matrix,
                    const std::vector<std::int64_t>& cells, Value value) {
  std::vector<double> means;
  for (const Profile& member : members) {
    double sum = 0;
    for (const std::int64_t cell : cells) sum += value(member, genes_of(matrix, cell));
    means.push_back(sum / static_cast<double>(cells.size()));
  }
  return spread_of(means);
}

double impact(const Profile& profile, const Genes& expressed, const Genes& removed) {
  return testing::full_distance(profile(expressed, removed), profile(expressed, {}));
}

double network(const Profile& profile, const Genes& expressed, const Genes& removed) {
  return testing::full_distance(profile(expressed, removed), renormalised(profile(expressed, {}), removed));
}

template <class Score>
double interaction(Score score, const Profile& profile, const Genes& expressed, const Genes& pair) {
  return score(profile, expressed, pair) - score(profile, expressed, {pair[0]}) -
         score(profile, expressed, {pair[1]});
}

void check_spread(double mean, double sd, const Spread& oracle) {
  CHECK(mean == Approx(oracle.mean).margin(1e-12));
  CHECK(sd == Approx(oracle.sd).margin(1e-12));
}

void check_scores(const Explanation& explanation, const std::vector<Profile>& members,
                  const RelativeProfiles& matrix, const Genes& removed,
                  const std::vector<std::int64_t>& cells) {
  const auto oracle = [&](auto score) {
    return over_members(members, matrix, cells, [&](const Profile& member, const Genes& expressed) {
      return score(member, expressed, removed);
    });
  };
  check_spread(explanation.scores.impact, explanation.scores.impact_sd, oracle(impact));
  check_spread(explanation.scores.network, explanation.scores.network_sd, oracle(network));
  REQUIRE(explanation.interactions.has_value() == (removed.size() == 2));
  if (!explanation.interactions) return;
  const auto both = [&](auto score) {
    return oracle([&](const Profile& member, const Genes& expressed, const Genes& pair) {
      return interaction(score, member, expressed, pair);
    });
  };
  check_spread(explanation.interactions->impact, explanation.interactions->impact_sd, both(impact));
  check_spread(explanation.interactions->network, explanation.interactions->network_sd, both(network));
}

void check_genes(const Explanation& explanation, const std::vector<Profile>& members,
                 const RelativeProfiles& matrix, const Genes& removed,
                 const std::vector<std::int64_t>& cells) {
  std::set<std::int32_t> expected;
  for (const std::int64_t cell : cells) {
    for (const std::int32_t gene : matrix.expressed(cell)) expected.insert(gene);
  }
  REQUIRE(explanation.genes.size() == expected.size());
  for (const GeneChange& change : explanation.genes) {
    CHECK(expected.erase(change.gene) == 1);
    const auto gene = static_cast<std::size_t>(change.gene);
    const auto oracle = [&](auto value) {
      return over_members(members, matrix, cells, [&](const Profile& member, const Genes& expressed) {
        const auto before = member(expressed, {});
        return value(before[gene], member(expressed, removed)[gene], renormalised(before, removed)[gene]);
      });
    };
    const double after = oracle([](double, double q, double) { return q; }).mean;
    const double rescaled = oracle([](double, double, double r) { return r; }).mean;
    CHECK(change.before == Approx(oracle([](double q, double, double) { return q; }).mean).margin(1e-12));
    CHECK(change.after == Approx(after).margin(1e-12));
    CHECK(change.renormalised == Approx(rescaled).margin(1e-12));
    check_spread(change.change, change.change_sd, oracle([](double q, double a, double) { return a - q; }));
    check_spread(change.network_change, change.network_change_sd,
                 oracle([](double, double a, double r) { return a - r; }));
    CHECK(change.is_removed == (std::find(removed.begin(), removed.end(), change.gene) != removed.end()));
    REQUIRE(change.log2_ratio.has_value() == !change.is_removed);
    if (change.log2_ratio) CHECK(*change.log2_ratio == Approx(std::log2(after / rescaled)).margin(1e-9));
    CHECK(change.cells == std::count_if(cells.begin(), cells.end(), [&](std::int64_t cell) {
            return matrix.expresses(cell, change.gene);
          }));
  }
}

bool same_bits(const Explanation& a, const Explanation& b) {
  const auto numbers = [](const GeneChange& gene) {
    return std::array{
        gene.before,         gene.after,     gene.renormalised,      gene.change,
        gene.network_change, gene.change_sd, gene.network_change_sd, gene.log2_ratio.value_or(99)};
  };
  return a.cells == b.cells && a.scores.impact == b.scores.impact && a.scores.network == b.scores.network &&
         a.scores.impact_sd == b.scores.impact_sd &&
         std::equal(a.genes.begin(), a.genes.end(), b.genes.begin(), b.genes.end(),
                    [&](const GeneChange& x, const GeneChange& y) {
                      return x.gene == y.gene && numbers(x) == numbers(y);
                    });
}

void check_explanation(const RelativeProfiles& matrix, const std::vector<CollapsedMapping>& members,
                       const std::vector<Profile>& profiles, const Genes& removed,
                       const std::vector<std::int64_t>& cells) {
  const auto shared = explain_knockout(matrix, members, removed, cells, testing::world());
  REQUIRE(shared.is_here() == testing::world().is_root());
  if (!shared.is_here()) return;
  CHECK(shared->cells == std::ssize(cells));
  check_genes(*shared, profiles, matrix, removed, cells);
  check_scores(*shared, profiles, matrix, removed, cells);
  CHECK(same_bits(*shared, *explain_knockout(matrix, members, removed, cells, Communicator::one_rank())));
}

}  // namespace

TEST_CASE("explanations of the original's mapping are the full network's, in one cell and over cells") {
  const auto matrix = testing::random_matrix(90, 9, 0.6, 71).relative_profiles();
  const auto mappings = testing::random_members(GENERATE(1, 3), {9, 5}, 72);
  const std::vector<Profile> profiles = testing::full_profiles(mappings);
  for (const Genes& removed : {Genes{4}, Genes{2, 7}, Genes{0, 3, 8}}) {
    const auto cells = cells_to_knock_out(matrix, removed);
    REQUIRE(cells.size() > 10);
    check_explanation(matrix, testing::collapsed(mappings), profiles, removed, cells);
    check_explanation(matrix, testing::collapsed(mappings), profiles, removed, {cells[1]});
  }
}

TEST_CASE("explanations of a sparse mapping are its formula's; what nothing reaches does not change") {
  const auto matrix = testing::random_matrix(30, 12, 0.7, 73).relative_profiles();
  const std::int64_t count = GENERATE(1, 2);
  std::vector<CollapsedMapping> members;
  std::vector<Profile> profiles;
  for (std::int64_t member = 0; member < count; ++member) {
    const auto plain = testing::random_sparse(12, 2, 0.1, 74 + static_cast<std::uint64_t>(member));
    members.emplace_back(plain.mapping());
    profiles.push_back(
        [plain](const Genes& expressed, const Genes& removed) { return plain.profile(expressed, removed); });
  }
  for (const Genes& removed : {Genes{5}, Genes{1, 6}}) {
    const auto cells = cells_to_knock_out(matrix, removed);
    REQUIRE(cells.size() > 4);
    check_explanation(matrix, members, profiles, removed, cells);
  }
}

TEST_CASE("pure renormalisation leaves exactly no network change") {
  const auto matrix = testing::random_matrix(40, 10, 0.7, 75).relative_profiles();
  auto plain = testing::random_sparse(10, 0, 0, 76);
  const std::vector<CollapsedMapping> members{CollapsedMapping(plain.mapping())};
  const Genes removed{2, 5};
  const auto explanation =
      explain_knockout(matrix, members, removed, cells_to_knock_out(matrix, removed), testing::world());
  if (!explanation.is_here()) return;
  CHECK(explanation->scores.network == 0);
  CHECK(explanation->interactions->network == 0);
  CHECK(explanation->interactions->impact == 0);
  for (const GeneChange& gene : explanation->genes) {
    CHECK(gene.network_change == 0);
    CHECK((gene.is_removed || gene.change > 0));
    CHECK(gene.log2_ratio.value_or(0) == 0);
  }
}

TEST_CASE("cells to knock out express all lost genes and one more") {
  const auto matrix =
      testing::matrix_of({{1, 1, 0}, {1, 1, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 2}}).relative_profiles();
  CHECK(cells_to_knock_out(matrix, Genes{0, 1}) == std::vector<std::int64_t>{1, 4});
  CHECK(cells_to_knock_out(matrix, Genes{1}) == std::vector<std::int64_t>{0, 1, 2, 4});
  CHECK(cells_to_knock_out(matrix, Genes{0, 1, 2}).empty());
}

TEST_CASE("changes are sorted by their size, the lost genes first") {
  std::vector<GeneChange> genes(5);
  const std::array<double, 5> change{0.1, -0.4, 0.2, -0.9, 0.2};
  const std::array<double, 5> network_change{-0.3, 0.2, 0.1, 0, 0.3};
  for (std::size_t at = 0; at < genes.size(); ++at) {
    genes[at].gene = static_cast<std::int32_t>(at);
    genes[at].change = change[at];
    genes[at].network_change = network_change[at];
  }
  genes[3].is_removed = true;
  const auto order = [&](ChangeOrder by) {
    sort_changes(genes, by);
    Genes numbers;
    for (const GeneChange& gene : genes) numbers.push_back(gene.gene);
    return numbers;
  };
  CHECK(order(ChangeOrder::network_change) == Genes{3, 0, 4, 1, 2});
  CHECK(order(ChangeOrder::change) == Genes{3, 1, 2, 4, 0});
}
