#include "dko/evaluation/metrics.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace dko;
using Values = std::vector<float>;

TEST_CASE("Bray-Curtis by hand") {
  CHECK(bray_curtis(Values{0.5F, 0.5F}, Values{0.5F, 0.5F}) == 0);
  CHECK(bray_curtis(Values{1, 0}, Values{0, 1}) == 1);
  CHECK(bray_curtis(Values{0.75F, 0.25F}, Values{0.25F, 0.75F}) == 0.5);
  CHECK(bray_curtis(Values{6, 7, 4}, Values{10, 0, 6}) == Approx(13.0 / 33));
  CHECK(bray_curtis(Values{0, 0}, Values{0, 0}) == 0);
}

TEST_CASE("ties share their mean rank") {
  CHECK(ranks(Values{3, 1, 3, 2}) == std::vector<double>{3.5, 1, 3.5, 2});
  CHECK(ranks(Values{5, 5, 5}) == std::vector<double>{2, 2, 2});
}

TEST_CASE("Spearman agrees with stored figures") {
  CHECK(spearman(Values{1, 2, 3, 4}, Values{10, 20, 30, 40}).value() == Approx(1));
  CHECK(spearman(Values{1, 2, 3, 4}, Values{4, 3, 2, 1}).value() == Approx(-1));
  // By SciPy 1.10: scipy.stats.spearmanr([1, 2, 2, 3, 5], [2, 1, 4, 4, 3]).
  CHECK(spearman(Values{1, 2, 2, 3, 5}, Values{2, 1, 4, 4, 3}).value() ==
        Approx(0.3947368421052632).epsilon(1e-12));
  CHECK_FALSE(spearman(Values{1, 1, 1}, Values{1, 2, 3}).has_value());
  CHECK_FALSE(spearman(Values{1}, Values{1}).has_value());
}

TEST_CASE("the median of none, odd and even") {
  CHECK_FALSE(median({}).has_value());
  CHECK(median({3, 1, 2}).value() == 2);
  CHECK(median({4, 1, 2, 3}).value() == 2.5);
}

TEST_CASE("profiles are compared over cells, entries and genes") {
  // 4 cells × 2 genes; gene 1 is expressed in two cells only, too few to score.
  const Values truth{0.9F, 0.1F, 0.8F, 0.2F, 1, 0, 1, 0};
  const Values predicted{0.9F, 0.1F, 0.6F, 0.4F, 1, 0, 1, 0};
  const ProfileAgreement same = compare_profiles(truth, truth, 2);
  CHECK(same.bray_curtis == 0);
  CHECK(same.spearman_all.value() == Approx(1));
  CHECK(same.genes_scored == 1);
  const ProfileAgreement other = compare_profiles(truth, predicted, 2);
  CHECK(other.bray_curtis == Approx(0.2 / 4));
  CHECK(other.spearman_within_gene.value() == Approx(1));
}
