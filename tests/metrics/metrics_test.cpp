#include "dko/metrics/metrics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "dko/base/random.hpp"

using namespace dko;
using Values = std::vector<float>;
using Doubles = std::vector<double>;

namespace {

double to_12_digits(double value) {
  return value * 1e-12;
}

}  // namespace

TEST_CASE("Bray-Curtis by hand") {
  CHECK(bray_curtis(Values{0.5F, 0.5F}, Values{0.5F, 0.5F}) == 0);
  CHECK(bray_curtis(Values{1, 0}, Values{0, 1}) == 1);
  CHECK(bray_curtis(Values{0.75F, 0.25F}, Values{0.25F, 0.75F}) == 0.5);
  CHECK(bray_curtis(Values{6, 7, 4}, Values{10, 0, 6}) == Approx(13.0 / 33));
  CHECK(bray_curtis(Values{0, 0}, Values{0, 0}) == 0);
}

TEST_CASE("ties share their mean rank") {
  CHECK(RankedValues({3, 1, 3, 2}).ranks() == Doubles{3.5, 1, 3.5, 2});
  CHECK(RankedValues({5, 5, 5}).ranks() == Doubles{2, 2, 2});
  CHECK(RankedValues({}).ranks().empty());
}

TEST_CASE("Spearman agrees with stored figures") {
  CHECK(spearman(Values{1, 2, 3, 4}, Values{10, 20, 30, 40}).value() == Approx(1));
  CHECK(spearman(Values{1, 2, 3, 4}, Values{4, 3, 2, 1}).value() == Approx(-1));
  // By SciPy 1.10: scipy.stats.spearmanr([1, 2, 2, 3, 5], [2, 1, 4, 4, 3]).
  CHECK(spearman(Values{1, 2, 2, 3, 5}, Values{2, 1, 4, 4, 3}).value() ==
        Approx(0.3947368421052632).margin(to_12_digits(1)).epsilon(0));
  CHECK_FALSE(spearman(Values{1, 1, 1}, Values{1, 2, 3}).has_value());
  CHECK_FALSE(spearman(Values{1}, Values{1}).has_value());
}

TEST_CASE("Spearman of profiles is that of all entries, the zeros that both have included") {
  RandomStream random(7, "profiles");
  const auto uniform = [&] { return random.uniform(0, 1); };
  for (const double expressed : {0.0, 0.1, 0.6, 1.0}) {
    Values x(500), y(500);
    for (std::size_t at = 0; at < x.size(); ++at) {
      if (uniform() < expressed) x[at] = static_cast<float>(1 + std::floor(4 * uniform()));
      if (x[at] > 0 && uniform() < 0.9) y[at] = x[at] + static_cast<float>(std::floor(3 * uniform()));
      if (uniform() < 0.02 * expressed) y[at] = 1;
    }
    const auto wanted = spearman(x, y);
    const auto found = spearman_of_profiles(x, y);
    REQUIRE(found.has_value() == wanted.has_value());
    if (wanted) CHECK(*found == Approx(*wanted).margin(1e-12).epsilon(0));
    CHECK(wanted.has_value() == (expressed > 0));
  }
}

TEST_CASE("AUROC and average precision agree with stored figures, ties included") {
  // By scikit-learn 1.2: roc_auc_score and average_precision_score of these labels and scores.
  const RankedValues scores({0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.1});
  const std::vector<bool> labels{true, false, true, true, false, true, false, false};
  CHECK(auroc(scores, labels).value() == Approx(0.78125).epsilon(1e-14));
  CHECK(average_precision(scores, labels).value() == Approx(0.7470238095238095).epsilon(1e-13));
}

TEST_CASE("an empty class has no AUROC, and no positives no average precision") {
  const RankedValues scores({1, 2, 3});
  CHECK_FALSE(auroc(scores, {true, true, true}).has_value());
  CHECK_FALSE(auroc(scores, {false, false, false}).has_value());
  CHECK_FALSE(average_precision(scores, {false, false, false}).has_value());
  CHECK(average_precision(scores, {true, true, true}).value() == 1);
}

TEST_CASE("scores that know nothing: AUROC one half, average precision the base rate") {
  const RankedValues constant({4, 4, 4, 4, 4});
  CHECK(auroc(constant, {true, false, false, true, false}).value() == 0.5);
  CHECK(average_precision(constant, {true, false, false, true, false}).value() == Approx(0.4));
}

TEST_CASE("weights stand for repeated values") {
  RandomStream stream(3, "weights");
  Doubles x;
  Doubles y;
  Doubles weights;
  std::vector<bool> positive;
  for (int at = 0; at < 60; ++at) {
    x.push_back(static_cast<double>(stream.below(12)));
    y.push_back(static_cast<double>(stream.below(9)));
    weights.push_back(static_cast<double>(stream.below(4)));
    positive.push_back(stream.below(3) == 0);
  }
  Doubles all_x;
  Doubles all_y;
  std::vector<bool> all_positive;
  for (std::size_t at = 0; at < x.size(); ++at) {
    for (int copy = 0; copy < static_cast<int>(weights[at]); ++copy) {
      all_x.push_back(x[at]);
      all_y.push_back(y[at]);
      all_positive.push_back(positive[at]);
    }
  }
  const RankedValues ranked(x);
  const RankedValues expanded(all_x);
  CHECK(spearman(ranked, RankedValues(y), weights).value() ==
        Approx(spearman(expanded, RankedValues(all_y)).value()).epsilon(1e-12));
  CHECK(auroc(ranked, positive, weights).value() ==
        Approx(auroc(expanded, all_positive).value()).epsilon(1e-12));
  CHECK(average_precision(ranked, positive, weights).value() ==
        Approx(average_precision(expanded, all_positive).value()).epsilon(1e-12));
  CHECK(weighted_median(x, weights).value() == known_median(all_x).value());
}

TEST_CASE("the median of none, odd and even") {
  CHECK_FALSE(known_median({}).has_value());
  CHECK(known_median({3, 1, 2}).value() == 2);
  CHECK(known_median({4, 1, 2, 3}).value() == 2.5);
  CHECK_FALSE(weighted_median(Doubles{1, 2}, Doubles{0, 0}).has_value());
}
