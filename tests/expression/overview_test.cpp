#include "dko/expression/overview.hpp"

#include <catch2/catch.hpp>

#include "support/testing.hpp"

using namespace dko;

TEST_CASE("genes are counted by the part of the cells that express them") {
  // 200 cells; so many of them express each gene.
  const std::vector<int> expressing{0, 1, 2, 3, 20, 21, 100, 101, 180, 181, 198, 199, 200};
  std::vector<std::vector<float>> cells(200, std::vector<float>(expressing.size(), 0));
  for (std::size_t gene = 0; gene < expressing.size(); ++gene) {
    for (int cell = 0; cell < expressing[gene]; ++cell) cells[static_cast<std::size_t>(cell)][gene] = 1;
  }
  const auto classes = presence_classes(testing::matrix_of(cells));
  std::vector<std::int64_t> genes;
  for (const PresenceClass& part : classes) genes.push_back(part.genes);
  CHECK(genes == std::vector<std::int64_t>{1, 2, 2, 2, 2, 2, 1, 1});
  CHECK(classes.front().cells == "no cell");
  CHECK(classes[1].cells == "up to 1 %");
  CHECK(classes[2].cells == "1 to 10 %");
  CHECK(classes[6].cells == "over 99 %");
  CHECK(classes.back().cells == "every cell");
}

TEST_CASE("counts, normalised values and others are told apart") {
  const ValuesSeen counts = look_over_values(testing::matrix_of({{1, 0, 30}, {2, 5, 0}}));
  CHECK(counts.are_whole);
  CHECK(counts.largest == 30);
  CHECK(words_of(counts) == "whole numbers, as counts are; largest 30");
  const ValuesSeen normalised = look_over_values(testing::matrix_of({{2.5, 0, 7.5}, {1.25, 8.75, 0}}));
  CHECK_FALSE(normalised.are_whole);
  CHECK(normalised.total == 10.0);
  CHECK(words_of(normalised) == "not whole, and every cell has the total 10: normalised");
  const ValuesSeen logarithms = look_over_values(testing::matrix_of({{0.5, 0, 7.5}, {1.25, 2.5, 0}}));
  CHECK_FALSE(logarithms.total.has_value());
  CHECK(words_of(logarithms) == "not whole; largest 7.5: if these are logarithms, choose counts");
  CHECK(words_of(look_over_values(testing::matrix_of({{0.5, 300}, {1.25, 2.5}}))) ==
        "not whole; largest 300");
}

TEST_CASE("a column of cells has labels with their cells, or a range") {
  const ColumnOverview labels = look_over(
      CellColumn{"type", {"b", "a", "", "b", "c", "c"}, {}, {false, false, true, false, false, false}});
  CHECK(labels.missing == 1);
  CHECK(labels.different == 3);
  CHECK_FALSE(labels.range.has_value());
  CHECK(labels.labels == std::vector<std::pair<std::string, std::int64_t>>{{"b", 2}, {"c", 2}, {"a", 1}});
  const ColumnOverview numbers =
      look_over(CellColumn{"depth", {"3", "", "-1", "3"}, {3, 0, -1, 3}, {false, true, false, false}});
  CHECK(numbers.missing == 1);
  CHECK(numbers.different == 2);
  CHECK(numbers.range == std::pair{-1.0, 3.0});
  CHECK(numbers.labels.empty());
}
