#include "dko/mapping/batch_network.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "support/full_network.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Loss of a batch by the oracle.
double full_loss(const Mapping& mapping, const RelativeProfiles& profiles,
                 std::span<const std::int64_t> cells) {
  double sum = 0;
  for (const std::int64_t cell : cells) {
    std::vector<double> truth(static_cast<std::size_t>(profiles.genes()), 0.0);
    const auto genes = profiles.expressed(cell);
    for (std::size_t at = 0; at < genes.size(); ++at) {
      truth[static_cast<std::size_t>(genes[at])] = static_cast<double>(profiles.values(cell)[at]);
    }
    sum += testing::full_distance(testing::full_profile(mapping, genes), truth);
  }
  return sum;
}

}  // namespace

TEST_CASE("the batch's loss is the full network's, over more cells than a block") {
  const auto profiles = testing::random_matrix(150, 12, 0.6, 1).relative_profiles();
  const auto cells = testing::all_cells(profiles);
  const Mapping mapping = testing::random_mapping({12, 12}, 0.5F, 2);
  BatchNetwork network(mapping.shape());
  CHECK(network.loss(mapping, profiles, cells) == Approx(full_loss(mapping, profiles, cells)).epsilon(1e-5));
  CHECK(network.loss(mapping, profiles, {}) == 0);
}

TEST_CASE("the gradient agrees with finite differences of the full network") {
  const std::int64_t hidden = GENERATE(3, 6, 9);
  const auto profiles = testing::random_matrix(7, 6, 0.7, 3).relative_profiles();
  const std::vector<std::int64_t> cells{0, 2, 3, 6};
  const Mapping mapping = testing::random_mapping({6, hidden}, 0.7F, 4);
  std::vector<float> gradient(mapping.parameters().size());
  BatchNetwork network(mapping.shape());
  network.loss_and_gradient(mapping, profiles, cells, gradient);
  for (std::size_t at = 0; at < gradient.size(); ++at) {
    constexpr float h = 1.0F / 1024;
    Mapping above = mapping;
    Mapping below = mapping;
    above.parameters()[at] += h;
    below.parameters()[at] -= h;
    const double width =
        static_cast<double>(above.parameters()[at]) - static_cast<double>(below.parameters()[at]);
    const double slope = (full_loss(above, profiles, cells) - full_loss(below, profiles, cells)) / width;
    INFO("parameter " << at);
    CHECK(static_cast<double>(gradient[at]) == Approx(slope).margin(2e-4));
  }
}

TEST_CASE("the gradient of many cells is the sum of the gradients of few") {
  const auto profiles = testing::random_matrix(100, 8, 0.6, 5).relative_profiles();
  const auto cells = testing::all_cells(profiles);
  const Mapping mapping = testing::random_mapping({8, 8}, 0.5F, 6);
  BatchNetwork network(mapping.shape());
  std::vector<float> whole(mapping.parameters().size());
  std::vector<float> part(whole.size());
  std::vector<double> sum(whole.size(), 0.0);
  network.loss_and_gradient(mapping, profiles, cells, whole);
  for (std::size_t first = 0; first < cells.size(); first += 10) {
    network.loss_and_gradient(mapping, profiles, std::span(cells).subspan(first, 10), part);
    for (std::size_t at = 0; at < part.size(); ++at) sum[at] += static_cast<double>(part[at]);
  }
  for (std::size_t at = 0; at < whole.size(); ++at)
    CHECK(static_cast<double>(whole[at]) == Approx(sum[at]).margin(1e-4));
}

TEST_CASE("predictions are the full network's profiles") {
  const auto profiles = testing::random_matrix(70, 9, 0.5, 7).relative_profiles();
  const std::vector<std::int64_t> cells{69, 0, 5};
  const Mapping mapping = testing::random_mapping({9, 4}, 1, 8);
  const auto predicted = BatchNetwork(mapping.shape()).predict(mapping, profiles, cells);
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto expected = testing::full_profile(mapping, profiles.expressed(cells[row]));
    for (std::size_t gene = 0; gene < 9; ++gene) {
      CHECK(static_cast<double>(predicted[row * 9 + gene]) == Approx(expected[gene]).margin(1e-5));
    }
  }
}

TEST_CASE("a mapping that gives nothing has loss one, no gradient and no NaN") {
  const auto profiles = testing::matrix_of({{0.5F, 0.5F}}).relative_profiles();
  const Mapping nothing(MappingShape{2, 2});
  const std::vector<std::int64_t> cells{0};
  std::vector<float> gradient(nothing.parameters().size(), 7);
  BatchNetwork network(nothing.shape());
  CHECK(network.loss_and_gradient(nothing, profiles, cells, gradient) == 1);
  CHECK(gradient == std::vector<float>(gradient.size(), 0));
  CHECK(network.predict(nothing, profiles, cells) == std::vector<float>{0, 0});
}

TEST_CASE("a cell whose outputs make no profile has a defined loss and prediction") {
  const auto profiles = testing::matrix_of({{1, 1, 2}}).relative_profiles();
  const auto cells = testing::all_cells(profiles);
  const auto with_outputs = [](float output) {
    Mapping mapping(MappingShape{3, 2});
    for (float& bias : mapping.parameters().last(3)) bias = output;
    return mapping;
  };
  BatchNetwork network({3, 2});
  std::vector<float> gradient(17, 1.0F);
  // Nothing, or next to it: loss 1.
  for (const float output : {0.0F, 1e-41F}) {
    CHECK(network.loss_and_gradient(with_outputs(output), profiles, cells, gradient) == 1);
    CHECK(gradient == std::vector<float>(gradient.size(), 0.0F));
    CHECK(network.predict(with_outputs(output), profiles, cells) == std::vector<float>(3, 0.0F));
  }
  // Each is finite, but not their sum: no loss that could be the best.
  CHECK(std::isnan(network.loss(with_outputs(3e38F), profiles, cells)));
  CHECK(network.predict(with_outputs(3e38F), profiles, cells) == std::vector<float>(3, 0.0F));
  CHECK(network.loss(with_outputs(1e38F), profiles, cells) == Approx(1.0 / 6));
}
