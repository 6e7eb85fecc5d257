#include "training/sparse/gene_fit.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/random.hpp"
#include "support/testing.hpp"
#include "training/sparse/cell_state.hpp"
#include "training/sparse/gene_regression.hpp"
#include "training/sparse/state_choice.hpp"
#include "training/sparse/totals.hpp"

using namespace dko;

namespace gene_fit_test {

constexpr std::int32_t genes = 60;
constexpr PenaltyPath path{.folds = 5, .ratio = 0.5};

/// Cells of three types, each of which expresses a third of the genes oftener and higher.
RelativeProfiles three_types() {
  RandomStream random(78, "types");
  std::vector<std::vector<float>> levels;
  for (int cell = 0; cell < 400; ++cell) {
    levels.emplace_back(genes, 0.0F);
    for (std::size_t gene = 0; gene < genes; ++gene) {
      const bool favoured = static_cast<int>(gene) % 3 == cell % 3;
      if (random.uniform(0, 1) > (favoured ? 0.9 : 0.5)) continue;
      levels.back()[gene] = static_cast<float>((favoured ? 2 : 1) * std::exp(0.3 * random.normal()));
    }
  }
  return testing::matrix_of(levels).relative_profiles();
}

TEST_CASE("distances by numbers of factors are those of fits that have no more") {
  const RelativeProfiles profiles = three_types();
  const std::vector<std::int64_t> cells = testing::all_cells(profiles);
  const GeneInputs inputs(profiles, {}, NodeGroup(Communicator::one_rank()));
  const CellState state = principal_components(profiles, cells, 4, Communicator::one_rank());
  RegressionSetting setting;
  setting.profiles = &profiles;
  setting.inputs = &inputs;
  setting.folds = path.folds;
  setting.fold_of_cell = deal_into_folds(profiles.cells(), cells, setting.folds, RandomStream(1, "folds"));
  setting.totals = totals_by_levels(inputs, profiles);
  setting.penalties.assign(genes, 1.0);
  setting.factor_penalty = 0.5;
  const auto use_factors = [&](std::int64_t count) {
    setting.factors = count;
    setting.state = state.scores(profiles, count);
  };
  const std::array<std::int64_t, 4> numbers{0, 1, 2, 4};
  const std::array<std::int32_t, 3> some{0, 17, 40};
  const std::vector<GeneCells> data = cells_of_genes(profiles, cells, some);
  RegressionMemory memory;
  for (std::size_t at = 0; at < some.size(); ++at) {
    use_factors(4);
    const std::vector<double> found =
        distances_by_factors(setting, some[at], data[at], path, numbers, memory);
    REQUIRE(found.size() == numbers.size());
    for (std::size_t choice = 0; choice < numbers.size(); ++choice) {
      use_factors(numbers[choice]);
      const std::vector<float> weights(data[at].cells.size(), 1.0F);
      GeneFit fit;
      GeneRegression alone(setting, some[at], data[at], weights, path.folds, memory);
      CHECK(found[choice] == Approx(alone.scaled_distance(alone.choose(path, fit))).epsilon(1e-3));
    }
    // Two factors tell the types.
    CHECK(found[2] < 0.99 * found[0]);
  }
}

TEST_CASE("a gene in too few cells does not judge numbers of factors") {
  const RelativeProfiles profiles = three_types();
  const GeneInputs inputs(profiles, {}, NodeGroup(Communicator::one_rank()));
  RegressionSetting setting;
  setting.profiles = &profiles;
  setting.totals.assign(static_cast<std::size_t>(profiles.cells()), 2.0);
  const GeneCells data{{3, 4}, {0.5F, 0.25F}};
  RegressionMemory memory;
  const std::array<std::int64_t, 2> numbers{0, 4};
  for (const double distance : distances_by_factors(setting, 0, data, path, numbers, memory))
    CHECK(distance == 0);
}

TEST_CASE("a fit of cells in folds that are not left out is of numbers") {
  const RelativeProfiles profiles = three_types();
  const std::vector<std::int64_t> cells = testing::all_cells(profiles);
  const GeneInputs inputs(profiles, {}, NodeGroup(Communicator::one_rank()));
  RegressionSetting setting;
  setting.profiles = &profiles;
  setting.inputs = &inputs;
  setting.folds = path.folds;
  setting.fold_of_cell = deal_into_folds(profiles.cells(), cells, setting.folds, RandomStream(1, "folds"));
  for (auto& fold : setting.fold_of_cell) fold = fold % 2 == 0 ? 3 : 4;
  setting.totals = totals_by_levels(inputs, profiles);
  setting.penalties.assign(genes, 1.0);
  const std::array<std::int32_t, 1> some{0};
  const std::vector<GeneCells> data = cells_of_genes(profiles, cells, some);
  std::vector<float> weights(data[0].cells.size(), 1.0F);
  RegressionMemory memory;
  constexpr PenaltyPath quick{.folds = 3, .ratio = 0.5, .to_shares = true};
  const GeneFit fit = fit_gene(setting, some[0], data[0], quick, {}, weights, memory);
  CHECK(std::isfinite(fit.offset));
  CHECK(fit.mean > 0);
  CHECK(std::abs(fit.offset) < 10 * fit.mean);
}

}  // namespace gene_fit_test
