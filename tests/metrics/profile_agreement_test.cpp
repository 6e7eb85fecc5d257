#include "dko/metrics/profile_agreement.hpp"

#include <catch2/catch.hpp>

using namespace dko;
using Values = std::vector<float>;

TEST_CASE("profiles are compared over cells, entries and genes") {
  // 4 cells × 2 genes; gene 1 is expressed in two cells only, too few to score, and no cell has three genes.
  const Values truth{0.9F, 0.1F, 0.8F, 0.2F, 1, 0, 1, 0};
  const Values predicted{0.9F, 0.1F, 0.6F, 0.4F, 1, 0, 1, 0};
  const ProfileAgreement same = compare_profiles(truth, truth, 2);
  CHECK(same.bray_curtis == 0);
  CHECK(same.spearman_all.value() == Approx(1));
  CHECK(same.spearman_expressed.value() == Approx(1));
  CHECK(same.genes_scored == 1);
  CHECK(spearman_of_genes(truth, truth, 2)[0].value() == Approx(1));
  CHECK_FALSE(spearman_of_genes(truth, truth, 2)[1].has_value());
  CHECK_FALSE(same.spearman_within_cell.has_value());
  const ProfileAgreement other = compare_profiles(truth, predicted, 2);
  CHECK(other.bray_curtis == Approx(0.2 / 4));
  CHECK(other.spearman_within_gene.value() == Approx(1));
  CHECK(distances_of_cells(truth, predicted, 2)[1] == Approx(0.2));
}

TEST_CASE("within cells: each over its expressed genes") {
  const Values truth{0.5F, 0.3F, 0.2F, 0, 0.1F, 0.2F, 0.7F, 0};
  const Values predicted{0.5F, 0.2F, 0.3F, 0, 0.7F, 0.2F, 0.1F, 0};
  // 1/2 in the first cell (one swap of neighbours), −1 in the second.
  CHECK(compare_profiles(truth, predicted, 4).spearman_within_cell.value() == Approx(-0.25));
}

TEST_CASE("correlations of genes: by hand, and none where nothing varies") {
  // Three genes over four cells; genes 0 and 1 oppose each other, gene 2 is constant.
  const Values truth{0.1F, 0.8F, 0.1F, 0.2F, 0.7F, 0.1F, 0.3F, 0.6F, 0.1F, 0.4F, 0.5F, 0.1F};
  const GeneCorrelations opposed = correlate_genes(truth, truth, 3);
  CHECK(opposed.pairs == 1);
  CHECK(opposed.median_true.value() == Approx(-1));
  CHECK(opposed.distance.value() == 0);
  CHECK_FALSE(opposed.spearman.has_value());  // of a single pair
  const Values constant(12, 0.25F);
  const GeneCorrelations none = correlate_genes(constant, constant, 3);
  CHECK(none.pairs == 0);
  CHECK_FALSE(none.median_true.has_value());
  CHECK_FALSE(none.distance.has_value());
}

TEST_CASE("one cell has no correlations, and no NaN") {
  const Values truth{0.5F, 0.3F, 0.2F};
  const ProfileAgreement agreement = compare_profiles(truth, truth, 3);
  CHECK(agreement.bray_curtis == 0);
  CHECK_FALSE(agreement.spearman_within_gene.has_value());
  CHECK(agreement.spearman_within_cell.value() == Approx(1));
  CHECK(correlate_genes(truth, truth, 3).pairs == 0);
}
