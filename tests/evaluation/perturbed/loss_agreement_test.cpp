#include "dko/evaluation/perturbed/loss_agreement.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace dko;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Six genes, of which the first was perturbed and three change: up, up, down.
PerturbationTruth six_genes() {
  PerturbationTruth truth;
  truth.gene = 0;
  truth.log2_change = {-4, 2, 1, -1, 0.5, -0.5};
  truth.compared = {false, true, true, true, true, true};
  truth.changed = {false, true, true, true, false, false};
  truth.changes = 3;
  truth.up = 2;
  truth.replicate = 0.5;
  return truth;
}

}  // namespace

TEST_CASE("a prediction is compared over the genes that the truth compares") {
  const std::vector<double> change{9, 1, -0.5, -2, 0.25, none};
  const LossAgreement agreement = compare_loss(six_genes(), change, true);
  CHECK(agreement.genes == 4);
  // Ranks of the truth (2, 1, −1, 0.5): 4 3 1 2; of the prediction: 4 2 1 3. 1 − 6·(1 + 1)/(4·15).
  CHECK(agreement.spearman.value() == Approx(0.8));
  CHECK(agreement.signs == 3);
  CHECK(agreement.same_sign == 2);
  CHECK(agreement.balanced.value() == Approx((0.5 + 1.0) / 2));
  // Sizes 1, 0.5, 2, 0.25, 0: the three largest are the ones that change.
  CHECK(agreement.recall.value() == Approx(1));
  CHECK(agreement.auprc.value() == Approx(1));
  CHECK(agreement.error.value() == Approx((1 + 1.5 + 1 + 0.25 + 0.5) / 5));
}

TEST_CASE("no change has an error of 1, the base rate, and no direction") {
  const LossAgreement agreement = compare_loss(six_genes(), std::vector<double>(6, 0.0), true);
  CHECK_FALSE(agreement.spearman.has_value());
  CHECK(agreement.signs == 0);
  CHECK_FALSE(agreement.balanced.has_value());
  CHECK(agreement.recall.value() == Approx(0.6));
  CHECK(agreement.auprc.value() == Approx(0.6));
  CHECK(agreement.error.value() == Approx(1));
}

TEST_CASE("always up is right of the genes that go up, and no better than chance when balanced") {
  const LossAgreement agreement = compare_loss(six_genes(), std::vector<double>{1, 2, 3, 4, 5, 6}, true);
  CHECK(agreement.same_sign == 2);
  CHECK(agreement.balanced.value() == Approx(0.5));
}

TEST_CASE("sizes alone have recall and AUPRC only") {
  const LossAgreement agreement = compare_loss(six_genes(), std::vector<double>{1, 1, 2, 3, 4, 5}, false);
  CHECK_FALSE(agreement.spearman.has_value());
  CHECK_FALSE(agreement.error.has_value());
  CHECK(agreement.recall.value() == Approx(1.0 / 3));
  // Positives at ranks 3, 4, 5: precision 1/3, 2/4, 3/5.
  CHECK(agreement.auprc.value() == Approx((1.0 / 3 + 2.0 / 4 + 3.0 / 5) / 3));
}

TEST_CASE("specificity counts the losses of other genes that agree better") {
  const Specificity found = specificity_of(0.3, {0.5, 0.2, 0.3, -0.1});
  CHECK(found.rank == 3);  // one is better, one equal: ranks 2 and 3, rounded up
  CHECK(found.losses == 5);
  CHECK(found.p == Approx(3.0 / 5));
  CHECK(specificity_of(0.9, {0.5, 0.2}).rank == 1);
}

TEST_CASE("without other losses a Spearman says nothing") {
  const Specificity alone = specificity_of(0.9, {});
  CHECK(alone.rank == 1);
  CHECK(alone.losses == 1);
  CHECK(alone.p == 1);
}

TEST_CASE("there is something to find where enough genes change, and halves agree") {
  PerturbationTruth truth = six_genes();
  CHECK_FALSE(has_effect(truth));
  truth.changes = fewest_changed;
  CHECK(has_effect(truth));
  truth.replicate = 0.05;
  CHECK_FALSE(has_effect(truth));
  truth.replicate.reset();
  CHECK_FALSE(has_effect(truth));
}
