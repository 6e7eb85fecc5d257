#include "dko/mapping/share_variances.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "support/full_network.hpp"
#include "support/plain_sparse.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

/// Counts of 12 cells and 7 genes; of gene 6 there are none.
std::vector<std::vector<float>> some_counts() {
  std::vector<std::vector<float>> counts;
  for (int cell = 0; cell < 12; ++cell) {
    counts.emplace_back();
    for (int gene = 0; gene < 7; ++gene)
      counts.back().push_back(gene == 6 ? 0.0F : static_cast<float>((gene * 5 + cell * 3) % 7));
  }
  return counts;
}

/// The definition, gene by gene.
template <class Fitted>
std::vector<double> plain_variances(const std::vector<std::vector<float>>& values,
                                    std::span<const std::int64_t> cells, bool counts, Fitted fitted) {
  std::vector<double> variances;
  for (std::size_t gene = 0; gene < values.front().size(); ++gene) {
    double sum = 0;
    double count = 0;
    for (const std::int64_t cell : cells) {
      const auto& of_cell = values[static_cast<std::size_t>(cell)];
      if (of_cell[gene] == 0) continue;
      double total = 0;
      std::vector<std::int32_t> expressed;
      for (std::size_t other = 0; other < of_cell.size(); ++other) {
        total += static_cast<double>(of_cell[other]);
        if (of_cell[other] > 0) expressed.push_back(static_cast<std::int32_t>(other));
      }
      const double q = fitted(expressed)[gene];
      sum += std::pow(static_cast<double>(of_cell[gene]) / total - q, 2) - (counts ? q / total : 0);
      count += 1;
    }
    variances.push_back(count > 0 ? std::max(0.0, sum / count) : 0);
  }
  return variances;
}

void check_equal(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t gene = 0; gene < found.size(); ++gene)
    CHECK(found[gene] == Approx(expected[gene]).margin(1e-7));
}

}  // namespace

TEST_CASE("variances of shares are those of the definition, of both mappings, of counts and of levels") {
  auto values = some_counts();
  const bool counts = GENERATE(true, false);
  if (!counts) values[3][1] += 0.5F;
  const auto profiles = testing::matrix_of(values).relative_profiles();
  CHECK(std::isinf(profiles.total(0)) == !counts);
  const std::vector<std::int64_t> cells{0, 2, 3, 5, 7, 11};
  const Mapping mapping = testing::random_mapping({7, 5}, 1, 3);
  const std::vector<double> dense = share_variances(TrainedMapping{mapping, {}}, profiles, cells);
  check_equal(dense, plain_variances(values, cells, counts, [&](std::span<const std::int32_t> expressed) {
                return testing::full_profile(mapping, expressed);
              }));
  const testing::PlainSparse plain = testing::random_sparse(7, 1, 0.3, 5);
  const std::vector<double> sparse = share_variances(FittedMapping{plain.mapping(), {}}, profiles, cells);
  check_equal(sparse, plain_variances(values, cells, counts, [&](std::span<const std::int32_t> expressed) {
                return plain.profile(expressed, {});
              }));
  CHECK(sparse[6] == 0);
  CHECK(*std::max_element(sparse.begin(), sparse.end()) > 1e-4);
}
