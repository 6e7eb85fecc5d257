#include "dko/metrics/rank_sum.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dko;

TEST_CASE("the p of the rank sum test is SciPy's, with ties and zeros") {
  // scipy.stats.mannwhitneyu(x, y, method="asymptotic").pvalue, SciPy 1.10
  const NonNegativeSample x{{1, 2, 2, 5}, 3};
  const NonNegativeSample y{{2, 3, 5, 6, 7, 8}, 1};
  CHECK(rank_sum_p(x, y) == Approx(0.05129235199322831).epsilon(1e-12));
  CHECK(rank_sum_p(y, x) == Approx(0.05129235199322831).epsilon(1e-12));
  CHECK(rank_sum_p({{0.5, 0.7}, 0}, {{0.1, 0.2, 0.3}, 40}) == Approx(1.7898498994684108e-05).epsilon(1e-12));
  CHECK(rank_sum_p(x, x) == 1);
}

TEST_CASE("the rank sum test of equal values, or of none, says nothing") {
  CHECK(rank_sum_p({{}, 5}, {{}, 7}) == 1);
  CHECK(rank_sum_p({{2, 2}, 0}, {{2}, 0}) == 1);
  CHECK(rank_sum_p({{}, 0}, {{1, 2}, 0}) == 1);
}

TEST_CASE("false discovery rates are those of Benjamini and Hochberg") {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005, 0.8};
  const std::vector<double> rates = false_discovery_rates(p);
  // By hand: 0.005·5/1, 0.01·5/2, 0.03·5/3 and 0.04·5/4 = 0.05, 0.8·5/5.
  const std::vector<double> expected{0.025, 0.05, 0.05, 0.025, 0.8};
  for (std::size_t at = 0; at < p.size(); ++at) CHECK(rates[at] == Approx(expected[at]));
  CHECK(false_discovery_rates({}).empty());
}

TEST_CASE("a sample among several is compared with all others together") {
  // The samples of the first test, the second in two parts.
  std::vector<SampledValue> values;
  for (const float x : {0.F, 0.F, 0.F, 1.F, 2.F, 2.F, 5.F}) values.push_back({x, 1});
  for (const float y : {0.F, 2.F, 3.F}) values.push_back({y, 0});
  for (const float y : {5.F, 6.F, 7.F, 8.F}) values.push_back({y, 3});
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  const SampleRanks ranks = sample_ranks(values, 4);
  CHECK(ranks.sizes == std::vector<double>{3, 7, 0, 4});
  CHECK(rank_sum_p(ranks, 1) == Approx(0.05129235199322831).epsilon(1e-12));
  CHECK(rank_sum_p(ranks, 2) == 1);  // of no value
}
