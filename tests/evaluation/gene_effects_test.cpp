#include "dko/evaluation/gene_effects.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "dko/evaluation/effects_evaluation.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Pearson's correlation by its definition.
double pearson(const ExpressionMatrix& data, std::int32_t a, std::int32_t b) {
  const auto n = static_cast<double>(data.cells());
  double sum_a = 0;
  double sum_b = 0;
  for (std::int64_t cell = 0; cell < data.cells(); ++cell) {
    sum_a += static_cast<double>(data.value(cell, a));
    sum_b += static_cast<double>(data.value(cell, b));
  }
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::int64_t cell = 0; cell < data.cells(); ++cell) {
    const double x = static_cast<double>(data.value(cell, a)) - sum_a / n;
    const double y = static_cast<double>(data.value(cell, b)) - sum_b / n;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("correlations are Pearson's, and 0 of a gene that does not vary") {
  const auto data = testing::random_matrix(30, 5, 0.6, 8).relative_profiles();
  const GenePairs found = correlations(data);
  for (std::int32_t a = 0; a < 5; ++a) {
    for (std::int32_t b = 0; b < 5; ++b) CHECK(found.at(a, b) == Approx(pearson(data, a, b)));
  }
  const auto constant = testing::matrix_of({{1, 2, 1}, {1, 0, 3}, {1, 5, 1}});
  CHECK(correlations(constant).at(0, 1) == 0);
}

TEST_CASE("a partial correlation sees through a third gene") {
  // genes 1 and 2 follow gene 0 and nothing else
  std::vector<std::vector<float>> cells;
  for (int cell = 0; cell < 400; ++cell) {
    const auto wave = [&](double speed) { return static_cast<float>(std::sin(speed * cell)); };
    const float common = 5 + 2 * wave(0.7);
    cells.push_back({common, common + 0.5F * wave(1.9), common + 0.5F * wave(3.1)});
  }
  const auto data = testing::matrix_of(cells);
  CHECK(correlations(data).at(1, 2) > 0.8);
  const GenePairs partial = partial_correlations(data);
  CHECK(std::abs(partial.at(1, 2)) < 0.2);
  CHECK(partial.at(0, 1) > 0.5);
}

TEST_CASE("a contrast is Welch's t of renormalised shares") {
  // Gene 0 is lacked by the last three cells; shares of gene 1 without gene 0 are 0.5, 0.4, 0.6 and 0.2, 0.3,
  // 0.1.
  const auto data = testing::matrix_of({{2, 5, 5}, {2, 4, 6}, {2, 6, 4}, {0, 2, 8}, {0, 3, 7}, {0, 1, 9}})
                        .relative_profiles();
  // means 0.5 and 0.2, variances 0.01 each of three cells
  CHECK(contrasts(data).at(0, 1) == Approx(-0.3 / std::sqrt(0.01 / 3 + 0.01 / 3)).epsilon(1e-5));
  CHECK(contrasts(data).at(1, 0) == 0);  // every cell expresses gene 1
}

TEST_CASE("a table of true effects is read by name, and refused where it is wrong") {
  const testing::TemporaryFolder folder;
  const auto data = testing::random_matrix(5, 3, 0.9, 1);
  const auto read = [&](const char* text) {
    testing::write_file(folder / "t.csv", text);
    return read_effects_truth((folder / "t.csv").string(), data);
  };
  const EffectsTruth truth = read("gene_lost,gene,relative_change\ngene0,gene2,-0.5\ngene1,other,0.1\n");
  CHECK(truth.lost == std::vector<std::int32_t>{0});
  CHECK(truth.gene == std::vector<std::int32_t>{2});
  CHECK(truth.change == std::vector<double>{-0.5});
  CHECK(truth.unknown == 1);
  using Catch::Contains;
  CHECK_THROWS_WITH(read("gene,relative_change\n"), Contains("line 1") && Contains("no column gene_lost"));
  CHECK_THROWS_WITH(read("gene_lost,gene,relative_change\ngene0,gene2,much\n"), Contains("line 2"));
  CHECK_THROWS_WITH(read("gene_lost,gene,relative_change\ngene0,gene0,1\n"), Contains("loses itself"));
  CHECK_THROWS_WITH(read("gene_lost,gene,relative_change\ngene0,gene1,1\ngene0,gene1,2\n"),
                    Contains("twice"));
  CHECK_THROWS_WITH(read("gene_lost,gene,relative_change\na,b,1\n"), Contains("no pair"));
}
