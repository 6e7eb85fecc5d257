#include "dko/mapping/visibility.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "dko/base/random.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/mapping/visibility_file.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Gamma of shape 4, mean 1: the sum of four exponential numbers. Its variance is 1/4.
double gamma4(RandomStream& random) {
  double sum = 0;
  for (int at = 0; at < 4; ++at) sum -= std::log1p(-random.uniform(0, 1));
  return sum / 4;
}

/// Counts of a gene for each of `levels` (mean counts in a cell of depth 1) and each part of cells that have
/// it switched on; the last gene is a filler that gives cells about the depth 500 · (0.5 … 1.5).
ExpressionMatrix counts(const std::vector<std::pair<double, double>>& genes, std::int64_t cells) {
  std::vector<std::vector<float>> rows;
  RandomStream random(1, "visibility test");
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    const double depth = random.uniform(0.5, 1.5);
    std::vector<float> row;
    for (const auto& [level, on] : genes) {
      const bool is_on = random.uniform(0, 1) < on;
      const double mean = depth * level * gamma4(random);
      row.push_back(is_on ? static_cast<float>(random.poisson(mean)) : 0.0F);
    }
    row.push_back(static_cast<float>(random.poisson(depth * 500)));
    rows.push_back(row);
  }
  return testing::matrix_of(rows);
}

}  // namespace

TEST_CASE("absences that counting explains carry no information") {
  // always on at three levels; off in 40 %, 10 % and 95 % of the cells
  const auto data = counts({{20, 1}, {3, 1}, {1, 1}, {10, 0.6}, {10, 0.9}, {10, 0.05}}, 2000);
  const auto genes = gene_visibility(data, testing::all_cells(data));
  CHECK_FALSE(is_visible(genes[0]));
  CHECK_FALSE(is_visible(genes[1]));
  // Always on, and yet many cells seem to lack it. Its few counts leave some doubt.
  CHECK(genes[2].cells_without > 500);
  CHECK(genes[2].unexplained < 0.15 * static_cast<double>(genes[2].cells_without));
  CHECK(genes[2].information < 10);
  CHECK(genes[3].unexplained == Approx(800).epsilon(0.15));
  CHECK(genes[4].unexplained == Approx(200).epsilon(0.3));
  CHECK(genes[5].unexplained == Approx(1900).epsilon(0.05));
  for (const std::size_t seen : {3, 4, 5}) CHECK(is_visible(genes[seen]));
}

TEST_CASE("where values are not counts every absence is real") {
  const auto data = testing::random_matrix(40, 3, 0.7, 1);
  REQUIRE_FALSE(holds_counts(data));
  const auto genes = gene_visibility(data, testing::all_cells(data));
  const auto with = data.cells_per_gene(testing::all_cells(data));
  for (std::size_t gene = 0; gene < 3; ++gene) {
    CHECK(genes[gene].cells_with == with[gene]);
    CHECK(genes[gene].cells_without == 40 - with[gene]);
    CHECK(genes[gene].unexplained == static_cast<double>(40 - with[gene]));
    CHECK(genes[gene].information == static_cast<double>(std::min(with[gene], 40 - with[gene])));
  }
}

TEST_CASE("a gene that all cells express, or none, has no information, and no NaN") {
  const auto data = testing::matrix_of({{2, 0, 1}, {3, 0, 0}, {1, 0, 4}});
  const auto genes = gene_visibility(data, testing::all_cells(data));
  CHECK(genes[0].information == 0);
  CHECK(genes[1].information == 0);
  CHECK(why_not_visible(genes[0]) == "all cells express it");
  CHECK(why_not_visible(genes[1]) == "no cell expresses it");
  CHECK(std::isfinite(genes[2].information));
}

TEST_CASE("the reason why a gene is not visible is given in its own figures") {
  CHECK(why_not_visible({99, 1, 1.0, 1.0}) == "99 % of the cells express it");
  CHECK(why_not_visible({2373, 13, 13.0, 4.0}) == "99.5 % of the cells express it");
  CHECK(why_not_visible({2385, 1, 1.0, 1.0}) == "all but 1 of 2386 cells express it");
  CHECK(why_not_visible({3, 97, 97.0, 3.0}) == "3 of 100 cells express it");
  CHECK(why_not_visible({60, 40, 4.0, 0.4}) == "counting explains 36 of its 40 absences in 100 cells");
  CHECK(why_not_visible({60, 40, 40.0, 40.0}).empty());
}

TEST_CASE("only the given cells count") {
  const auto data = testing::matrix_of({{1.5F, 1}, {0, 1}, {0, 1}, {1, 1}});
  const std::vector<std::int64_t> cells{0, 1, 3};
  const auto genes = gene_visibility(data, cells);
  CHECK(genes[0].cells_with == 2);
  CHECK(genes[0].cells_without == 1);
}

TEST_CASE("visibility is read as it was written, and impossible values are refused") {
  const testing::TemporaryFolder folder;
  const std::vector<GeneVisibility> genes{{10, 90, 45.5, 5.05}, {100, 0, 0, 0}};
  {
    hdf5::File file = hdf5::File::create(folder / "a.h5");
    write_visibility(file, genes);
    hdf5::File none = hdf5::File::create(folder / "none.h5");
    hdf5::File bad = hdf5::File::create(folder / "bad.h5");
    write_visibility(bad, std::vector<GeneVisibility>{{10, 90, -1, 5.05}, {100, 0, 0, 0}});
  }
  const auto open = [&](const char* name) { return hdf5::File::open(folder / name, hdf5::Access::read); };
  const auto read = read_visibility(open("a.h5"), 2);
  REQUIRE(read.size() == 2);
  CHECK(read[0].cells_with == 10);
  CHECK(read[0].cells_without == 90);
  CHECK(read[0].unexplained == 45.5);
  CHECK(read[0].information == 5.05);
  CHECK(read_visibility(open("none.h5"), 2).empty());
  CHECK_THROWS_WITH(read_visibility(open("a.h5"), 3),
                    Catch::Contains("visibility/cells_with") && Catch::Contains("2 values, expected 3"));
  CHECK_THROWS_WITH(read_visibility(open("bad.h5"), 2), Catch::Contains("unexplained: value 0 is -1"));
}
