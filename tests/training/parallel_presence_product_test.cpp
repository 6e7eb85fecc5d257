// Products with presence by all ranks, beside dense loops; on every number of ranks, more than cells among
// them.
#include <catch2/catch.hpp>
#include <vector>

#include "support/testing.hpp"
#include "training/sparse/presence_product.hpp"

using namespace dko;

namespace {

using Table = std::vector<std::vector<double>>;

/// Zᵀ(Z v), by the definition.
std::vector<double> plain_product(const Table& presence, const std::vector<double>& v) {
  std::vector<double> mean(v.size(), 0.0), product(v.size(), 0.0);
  for (const auto& cell : presence) {
    for (std::size_t gene = 0; gene < v.size(); ++gene)
      mean[gene] += cell[gene] / static_cast<double>(presence.size());
  }
  for (const auto& cell : presence) {
    double score = 0;
    for (std::size_t gene = 0; gene < v.size(); ++gene) score += (cell[gene] - mean[gene]) * v[gene];
    for (std::size_t gene = 0; gene < v.size(); ++gene) product[gene] += (cell[gene] - mean[gene]) * score;
  }
  return product;
}

std::vector<double> product_by(const ExpressionMatrix& matrix, const std::vector<std::int64_t>& cells,
                               const std::vector<double>& v, const Communicator& communicator) {
  const PresenceProduct product(matrix, cells, communicator);
  std::vector<double> found(v.size(), 0.0);
  if (communicator.is_root()) {
    product.perform_op(v.data(), found.data());
    product.perform_op(v.data(), found.data());
    product.finish();
  } else {
    product.help();
  }
  communicator.broadcast(std::span<double>(found));
  return found;
}

}  // namespace

TEST_CASE("a product with presence is that of dense loops, and the same bits on any number of ranks") {
  const auto [all, genes, density] =
      GENERATE(table<int, int, double>({{60, 25, 0.4}, {3, 2, 0.5}, {30, 40, 0.97}}));
  const ExpressionMatrix matrix = testing::random_matrix(all, genes, density, 17);
  std::vector<std::int64_t> cells;
  Table presence;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    if (all > 3 && cell % 4 == 1) continue;  // not of all cells
    cells.push_back(cell);
    presence.emplace_back(static_cast<std::size_t>(genes), 0.0);
    for (const std::int32_t gene : matrix.expressed(cell))
      presence.back()[static_cast<std::size_t>(gene)] = 1;
  }
  std::vector<double> v;
  for (int gene = 0; gene < genes; ++gene) v.push_back(0.3 * gene - 1.7 / (1 + gene));
  const std::vector<double> alone = product_by(matrix, cells, v, Communicator::one_rank());
  const std::vector<double> expected = plain_product(presence, v);
  for (std::size_t gene = 0; gene < v.size(); ++gene)
    CHECK(alone[gene] == Approx(expected[gene]).epsilon(1e-12).margin(1e-9));
  CHECK(product_by(matrix, cells, v, testing::world()) == alone);
}
