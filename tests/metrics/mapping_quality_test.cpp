#include "dko/metrics/mapping_quality.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "dko/base/numbers.hpp"
#include "dko/metrics/baselines.hpp"
#include "support/testing.hpp"

using namespace dko;

TEST_CASE("quality: figures, gene means and sampled entries are those of the predictions") {
  const auto profiles = testing::random_matrix(30, 8, 0.5, 91).relative_profiles();
  const Member member = TrainedMapping{testing::random_mapping({8, 8}, 1, 92), {}};
  const std::vector<std::int64_t> cells{3, 7, 8, 20};
  const std::vector<std::int64_t> known{0, 1, 2, 4, 5};
  const MappingQuality quality = judge_mapping(member, profiles, known, cells, 1);
  const auto truth = dense_profiles(profiles, cells);
  const auto predicted = predict_profiles(member, profiles, cells);
  const auto mean_share = mean_share_profiles(profiles, known, cells);
  CHECK(quality.cells == 4);
  CHECK(quality.mapping.bray_curtis == compare_profiles(truth, predicted, 8).bray_curtis);
  CHECK(quality.mean_share.bray_curtis == compare_profiles(truth, mean_share, 8).bray_curtis);
  REQUIRE(quality.true_mean.size() == 8);
  std::int64_t expressed = 0;
  for (std::size_t gene = 0; gene < 8; ++gene) {
    double sum = 0;
    double of_predicted = 0;
    int count = 0;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const auto at = row * 8 + gene;
      if (!profiles.expresses(cells[row], static_cast<std::int32_t>(gene))) continue;
      sum += static_cast<double>(truth[at]);
      of_predicted += static_cast<double>(predicted[at]);
      ++count;
    }
    expressed += count;
    if (count == 0) {
      CHECK(std::isnan(quality.true_mean[gene]));
      CHECK(std::isnan(quality.predicted_mean[gene]));
    } else {
      CHECK(static_cast<double>(quality.true_mean[gene]) == Approx(sum / count));
      CHECK(static_cast<double>(quality.predicted_mean[gene]) == Approx(of_predicted / count));
    }
    CHECK(std::isnan(quality.spearman[gene]) == (count < 3));
  }
  // There are fewer than 20,000: all of them.
  REQUIRE(std::ssize(quality.entries.genes) == expressed);
  for (std::size_t at = 0; at < quality.entries.genes.size(); ++at) {
    const std::int32_t gene = quality.entries.genes[at];
    const auto row = static_cast<std::size_t>(
        std::find(cells.begin(), cells.end(), quality.entries.cells[at]) - cells.begin());
    REQUIRE(row < cells.size());
    const std::size_t place = row * 8 + static_cast<std::size_t>(gene);
    CHECK(quality.entries.truth[at] == profiles.value(quality.entries.cells[at], gene));
    CHECK(quality.entries.predicted[at] == predicted[place]);
    CHECK(quality.entries.mean_share[at] == mean_share[place]);
  }
}

TEST_CASE("the cells that are judged are bounded, distinct and the seed's") {
  CHECK(cells_to_judge(numbers_below<std::int64_t>(100), 500, 1) == numbers_below<std::int64_t>(100));
  const auto many = cells_to_judge(numbers_below<std::int64_t>(50000), 500, 1);
  CHECK(many.size() == 2000);
  CHECK(std::set(many.begin(), many.end()).size() == 2000);
  CHECK(std::is_sorted(many.begin(), many.end()));
  CHECK(many == cells_to_judge(numbers_below<std::int64_t>(50000), 500, 1));
  CHECK(many != cells_to_judge(numbers_below<std::int64_t>(50000), 500, 2));
  CHECK(cells_to_judge(numbers_below<std::int64_t>(5000), 10000, 1).size() == 200);
  CHECK(cells_to_judge(numbers_below<std::int64_t>(5000), 30'000'000, 1).size() == 1);
}
