#include "dko/metrics/enrichment.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace dko;

namespace {
constexpr double none = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("enrichment is the rank-sum test of each set against all others") {
  // scipy.stats.mannwhitneyu(set, others, alternative="two-sided", method="asymptotic")
  const std::vector<double> values{-0.5, 0.1, 0, 0, none, 0.3, 0.7, -0.2, 0, 0.2};
  const auto found = enrichment(values, {{0, 2, 7}, {4, 5, 6, 9}, {4}, {1, 2, 3, 5, 6, 7, 8, 9}}, 1);
  REQUIRE(found.size() == 3);  // a set without a value is not tested
  CHECK(found[0].set == 0);
  CHECK(found[0].genes == 3);
  CHECK(found[0].others == 6);
  CHECK(found[0].mean == Approx(-0.7 / 3));
  CHECK(found[0].auc == Approx(1.0 / 18));
  CHECK(found[0].p == Approx(0.048884633916181135));
  CHECK(found[1].genes == 3);
  CHECK(found[1].auc == Approx(1));
  CHECK(found[1].p == Approx(0.025601129177555765));
  CHECK(found[2].set == 3);
  CHECK(found[2].genes == 8);
  CHECK(found[2].auc == Approx(1));
  CHECK(found[2].p == Approx(2.0 / 9));  // by SciPy 0.168, less than 9 permutations can give
}

TEST_CASE("no p is less than permutations can give, however many values are tied") {
  std::vector<double> values(1000, 0.0);
  for (std::size_t gene = 0; gene < 3; ++gene) values[gene] = 1;
  const auto found = enrichment(values, {{0, 1, 2}}, 1);
  REQUIRE(found.size() == 1);
  CHECK(found[0].p == Approx(2.0 / (1000.0 * 999 * 998 / 6)));
}

TEST_CASE("small sets, and sets of all, are not tested and do not count in q") {
  const std::vector<double> values{1, 2, 3, 4, 5, 6};
  const auto found = enrichment(values, {{0}, {0, 1}, {0, 1, 2, 3, 4, 5}, {4, 5}}, 2);
  REQUIRE(found.size() == 2);
  CHECK(found[0].set == 1);
  CHECK(found[1].set == 3);
  CHECK(found[0].p == Approx(found[1].p));
  CHECK(found[0].q == Approx(found[0].p));  // the larger of two equal ones is not raised
  CHECK(enrichment(values, {}, 1).empty());
}

TEST_CASE("equal values everywhere say nothing") {
  const auto found = enrichment(std::vector<double>(6, 0.25), {{0, 1, 2}}, 1);
  REQUIRE(found.size() == 1);
  CHECK(found[0].auc == Approx(0.5));
  CHECK(found[0].p == 1);
}

TEST_CASE("sets are sorted by p, equal ones in their order") {
  std::vector<Enrichment> sets(3);
  sets[0].p = sets[2].p = 0.5;
  sets[1].p = 0.1;
  for (std::size_t at = 0; at < 3; ++at) sets[at].set = at;
  sort_by_p(sets);
  CHECK(sets[0].set == 1);
  CHECK(sets[1].set == 0);
  CHECK(sets[2].set == 2);
}
