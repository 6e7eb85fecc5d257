#include "dko/knockout/events/targets.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "support/testing.hpp"

using namespace dko;

namespace {

using List = std::optional<std::vector<std::int32_t>>;

/// By the definition, entry by entry.
std::vector<std::int32_t> plain_lacking(const ExpressionMatrix& matrix, const List& genes,
                                        const List& cells) {
  const auto is_in = [](const List& list, std::int64_t number) {
    return !list || std::find(list->begin(), list->end(), number) != list->end();
  };
  std::vector<std::int32_t> lacking;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    for (std::int32_t gene = 0; gene < matrix.genes(); ++gene) {
      const bool counts = matrix.expressed_count(cell) > 0 && is_in(cells, cell) && is_in(genes, gene);
      if (counts && !matrix.expresses(cell, gene)) lacking.push_back(gene);
    }
  }
  return lacking;
}

}  // namespace

TEST_CASE("genes that cells lack are counted before they are listed") {
  const auto matrix = testing::matrix_of(
      {{1, 0, 0, 2, 0}, {0, 0, 0, 0, 0}, {1, 1, 1, 1, 1}, {0, 3, 0, 0, 0}, {0, 0, 1, 1, 0}});
  const auto list = [](std::vector<std::int32_t> numbers) { return List(std::move(numbers)); };
  for (const List& genes : {List(), list({0, 3, 4}), list({1}), list({})}) {
    for (const List& cells : {List(), list({0, 1, 3}), list({2})}) {
      const auto expected = plain_lacking(matrix, genes, cells);
      const KnockoutTargets found = select_lacking(matrix, genes, cells);
      CHECK(count_lacking(matrix, genes, cells) == std::ssize(expected));
      CHECK(std::vector<std::int32_t>(found.genes().begin(), found.genes().end()) == expected);
      CHECK(lacking_bytes(matrix, genes, cells) >=
            static_cast<double>(4 * expected.size() + 8 * found.starts().size()));
    }
  }
  CHECK(count_lacking(matrix) == 10);
}
