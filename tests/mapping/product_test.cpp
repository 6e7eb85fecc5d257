// A = W2·W1 in panels, against Eigen's product and against sums that are added up one by one as sum_order.hpp
// says: to the bit, whatever genes it is computed for and whoever computes it.
#include <Eigen/Core>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "dko/mapping/collapse_for.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "mapping/product/eigen_product.hpp"
#include "mapping/product/packed_product.hpp"
#include "mapping/product/sum_order.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

std::vector<std::int32_t> every(std::int64_t genes, std::int64_t step = 1) {
  std::vector<std::int32_t> chosen;
  for (std::int64_t gene = 0; gene < genes; gene += step) chosen.push_back(static_cast<std::int32_t>(gene));
  return chosen;
}

template <class Product>
std::vector<double> multiplied(const Product& product, const Mapping& mapping) {
  const std::int64_t genes = mapping.shape().genes;
  std::vector<double> a(static_cast<std::size_t>(genes * genes), NAN);
  product.multiply(mapping.view(), {0, product.tiles()}, a, {});
  return a;
}

/// The element of a row and a column, one multiply-add after the other.
double element(const Mapping& mapping, std::int64_t row, std::int64_t column) {
  const auto [genes, hidden] = mapping.shape();
  const float* const w2 = mapping.w2().data() + row * hidden;
  const float* const w1 = mapping.w1().data() + column * hidden;
  const auto ways =
      static_cast<std::size_t>(column < first_tail_column(genes) ? turns_of_row(row, genes) : 1);
  double all = 0;
  for (std::int64_t first = 0; first < hidden; first += units_of_block(hidden)) {
    const std::int64_t units = std::min(units_of_block(hidden), hidden - first);
    const std::int64_t whole = units_in_turns(units, static_cast<std::int64_t>(ways));
    std::vector<double> sums(ways, 0.0);
    const auto add = [&](double& sum, std::int64_t unit) {
      sum = std::fma(static_cast<double>(w2[first + unit]), static_cast<double>(w1[first + unit]), sum);
    };
    for (std::int64_t unit = 0; unit < whole; ++unit) add(sums[static_cast<std::size_t>(unit) % ways], unit);
    if (ways == 2) sums[0] += sums[1];
    if (ways == 4) sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (std::int64_t unit = whole; unit < units; ++unit) add(sums[0], unit);
    all += sums[0];
  }
  return all;
}

// Tiles of Eigen's with whole panels and all that can be left; blocks of hidden units with and without a
// rest.
const std::vector<MappingShape> shapes{{2, 249},   {3, 300},   {11, 1000}, {48, 496},   {255, 250},
                                       {256, 744}, {263, 751}, {270, 989}, {1036, 397}, {1290, 253}};

/// The versions of the innermost loops that this machine has.
std::vector<const ProductFunctions*> versions() {
  std::vector<const ProductFunctions*> found;
  const ProductFunctions* const widest = product_functions();
  if (widest == nullptr) return found;
#ifdef DKO_HAS_X86_KERNELS
  found.push_back(&avx2_product);
#endif
  if (widest != found.front()) found.push_back(widest);
  return found;
}

/// Whether every tile is in one share, whatever the number of ranks.
template <class Product>
bool shares_all(const Product& product) {
  for (int ranks = 1; ranks < 40; ++ranks) {
    std::int64_t next = 0;
    for (int rank = 0; rank < ranks; ++rank) {
      const RankShare tiles = product.share(rank, ranks);
      if (tiles.first != next || tiles.last < tiles.first) return false;
      next = tiles.last;
    }
    if (next != product.tiles()) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("A in panels has each sum in the order that is stated") {
  for (const ProductFunctions* const functions : versions()) {
    for (const MappingShape& shape : shapes) {
      const Mapping mapping = testing::random_mapping(shape, 1, 3);
      const auto genes = every(shape.genes);
      const std::vector<double> a = multiplied(PackedProduct(shape, genes, *functions), mapping);
      std::int64_t others = 0;
      for (std::int64_t column = 0; column < shape.genes; ++column) {
        // Of many genes some: the tails of rows and columns in any case.
        const std::int64_t step = column + 8 < shape.genes ? shape.genes / 60 + 1 : 1;
        for (std::int64_t row = 0; row < shape.genes; row += row + 16 < shape.genes ? step : 1)
          others += a[static_cast<std::size_t>(column * shape.genes + row)] != element(mapping, row, column);
      }
      CAPTURE(shape.genes, shape.hidden);
      CHECK(others == 0);
    }
  }
}

// Other versions of Eigen have other orders, and so may have other bits.
#if EIGEN_WORLD_VERSION == 3 && EIGEN_MAJOR_VERSION == 4 && EIGEN_MINOR_VERSION < 90 && !defined(__AVX512F__)
TEST_CASE("A in panels has the bits of Eigen's tiles") {
  for (const ProductFunctions* const functions : versions()) {
    for (const MappingShape& shape : shapes) {
      const Mapping mapping = testing::random_mapping(shape, 1, 5);
      const auto genes = every(shape.genes);
      CAPTURE(shape.genes, shape.hidden);
      CHECK(multiplied(PackedProduct(shape, genes, *functions), mapping) ==
            multiplied(EigenProduct(shape, genes), mapping));
    }
  }
}
#endif

TEST_CASE("A of some genes has the bits of A of all, and no other element is written") {
  for (const ProductFunctions* const functions : versions()) {
    for (const MappingShape& shape : {MappingShape{270, 989}, MappingShape{1290, 253}}) {
      const Mapping mapping = testing::random_mapping(shape, 1, 7);
      const auto genes = every(shape.genes, 3);
      const auto all = every(shape.genes);
      const std::vector<double> whole = multiplied(PackedProduct(shape, all, *functions), mapping);
      const std::vector<double> some = multiplied(PackedProduct(shape, genes, *functions), mapping);
      bool are_same = true;
      for (std::size_t at = 0; at < some.size(); ++at) {
        const auto n = static_cast<std::size_t>(shape.genes);
        const bool is_wanted = at / n % 3 == 0 && at % n % 3 == 0;
        are_same = are_same && (is_wanted ? some[at] == whole[at] : std::isnan(some[at]));
      }
      CHECK(are_same);
    }
  }
}

TEST_CASE("ranks share all tiles of A, so that each computes about as much") {
  const MappingShape shape{1022, 249};
  const auto genes = every(shape.genes);
  CHECK(shares_all(EigenProduct(shape, genes)));
  const Mapping mapping = testing::random_mapping(shape, 1, 11);
  for (const ProductFunctions* const functions : versions()) {
    const PackedProduct product(shape, genes, *functions);
    CHECK(shares_all(product));
    for (int rank = 0; rank < 2; ++rank) {
      std::vector<double> a(genes.size() * genes.size(), NAN);
      product.multiply(mapping.view(), product.share(rank, 2), a, {});
      const auto computed = std::ranges::count_if(a, [](double value) { return !std::isnan(value); });
      CHECK(static_cast<double>(computed) < 1.3 * static_cast<double>(a.size()) / 2);
    }
  }
}

TEST_CASE("c is no number for genes that A was not computed for") {
  const Mapping mapping = testing::random_mapping({300, 260}, 1, 9);
  const NodeGroup alone(testing::world());
  const std::vector<std::int32_t> genes{1, 2, 256, 299};
  const CollapsedMapping some = collapse_for(genes, alone, at_root(testing::world(), Mapping(mapping)));
  const CollapsedMapping whole(mapping);
  for (std::size_t gene = 0; gene < 300; ++gene) {
    const bool is_there = std::ranges::count(genes, gene) > 0;
    CHECK((is_there ? some.offset()[gene] == whole.offset()[gene] : std::isnan(some.offset()[gene])));
  }
  for (const std::int32_t column : genes) {
    for (const std::int32_t row : genes)
      CHECK(some.column(column)[static_cast<std::size_t>(row)] ==
            whole.column(column)[static_cast<std::size_t>(row)]);
  }
}
