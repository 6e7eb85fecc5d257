#include "dko/results/prediction_file.hpp"

#include <catch2/catch.hpp>

#include "dko/base/error.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("a prediction comes back as it was, figures that do not exist included") {
  const testing::TemporaryFolder folder;
  Prediction prediction;
  prediction.provenance = start_provenance("dko predict x", 1);
  prediction.genes = {"a", "b"};
  prediction.cells = {"x", "y", "z"};
  prediction.truth = {0.5F, 0.5F, 1, 0, 0.25F, 0.75F};
  prediction.predicted = {0.4F, 0.6F, 1, 0, 0.3F, 0.7F};
  prediction.mapping = {0.1, 0.9, 0.8, std::nullopt, 0.7, 0};
  prediction.mean_share = {0.2, std::nullopt, std::nullopt, 0.5, std::nullopt, 2};
  OutputFile output(folder / "p.h5", false);
  write_prediction(output, prediction);
  const Prediction back = read_prediction(folder / "p.h5");
  CHECK(back.genes == prediction.genes);
  CHECK(back.cells == prediction.cells);
  CHECK(back.truth == prediction.truth);
  CHECK(back.predicted == prediction.predicted);
  CHECK(back.mapping.spearman_all == prediction.mapping.spearman_all);
  CHECK(back.mapping.spearman_expressed == 0.8);
  CHECK(back.mapping.spearman_within_cell == 0.7);
  CHECK_FALSE(back.mapping.spearman_within_gene.has_value());
  CHECK(back.mean_share.genes_scored == 2);
  CsvWriter csv(folder / "t.csv", false);
  export_profiles(back.truth, 2, csv);
  CHECK(testing::read_file(folder / "t.csv") == "0.5,0.5\n1,0\n0.25,0.75\n");
}
