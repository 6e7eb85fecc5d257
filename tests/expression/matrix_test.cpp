#include "dko/expression/matrix.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "dko/expression/matrix_builder.hpp"
#include "support/testing.hpp"

using namespace dko;

namespace {

struct Entry {
  std::int64_t cell;
  std::int64_t gene;
  float value;
};

ExpressionMatrix built(const std::vector<Entry>& entries, std::int64_t cells, std::int64_t genes) {
  MatrixBuilder builder;
  for (const Entry& entry : entries) builder.add(entry.cell, entry.gene, entry.value);
  return std::move(builder).finish(numbered_names("gene", genes), numbered_names("cell", cells));
}

}  // namespace

TEST_CASE("entries in any order become the same matrix") {
  const auto expected = testing::random_matrix(17, 9, 0.4, 5);
  std::vector<Entry> entries;
  for (std::int64_t cell = 0; cell < 17; ++cell) {
    for (const std::int32_t gene : expected.expressed(cell))
      entries.push_back({cell, gene, expected.value(cell, gene)});
  }
  CHECK(built(entries, 17, 9).checksum() == expected.checksum());
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& x, const Entry& y) { return x.gene < y.gene; });
  CHECK(built(entries, 17, 9).checksum() == expected.checksum());
  std::reverse(entries.begin(), entries.end());
  CHECK(built(entries, 17, 9).checksum() == expected.checksum());
  // Out of order only at the very end.
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& x, const Entry& y) { return x.cell < y.cell; });
  CHECK(built(entries, 17, 9).checksum() == expected.checksum());
}

TEST_CASE("rows become the same matrix as their entries one by one") {
  const auto expected = testing::random_matrix(17, 9, 0.6, 5);
  const auto add_part = [&](MatrixBuilder& builder, std::int64_t cell, std::size_t first, std::size_t last) {
    builder.add_row(cell, expected.expressed(cell).subspan(first, last - first),
                    expected.values(cell).subspan(first, last - first));
  };
  const auto finish = [&](MatrixBuilder& builder) {
    return std::move(builder).finish(expected.gene_names(), expected.cell_names()).checksum();
  };
  const auto size_of = [&](std::int64_t cell) { return expected.expressed(cell).size(); };
  MatrixBuilder whole;
  MatrixBuilder halves;
  MatrixBuilder later_half_first;
  MatrixBuilder backwards;
  for (std::int64_t cell = 0; cell < 17; ++cell) {
    const std::size_t half = size_of(cell) / 2;
    add_part(whole, cell, 0, size_of(cell));
    add_part(halves, cell, 0, half);
    add_part(halves, cell, half, size_of(cell));
    add_part(later_half_first, cell, half, size_of(cell));
    add_part(later_half_first, cell, 0, half);
    add_part(backwards, 16 - cell, 0, size_of(16 - cell));
  }
  for (MatrixBuilder* builder : {&whole, &halves, &later_half_first, &backwards})
    CHECK(finish(*builder) == expected.checksum());
}

TEST_CASE("repeated entries add up, zeros are left out, cells without entries stay") {
  const auto matrix = built({{2, 1, 1}, {0, 0, 0}, {2, 1, 2.5F}, {2, 0, 1}, {0, 2, 4}}, 4, 3);
  CHECK(matrix.cells() == 4);
  CHECK(matrix.nonzeros() == 3);
  CHECK(matrix.expressed_count(1) == 0);
  CHECK(matrix.expressed_count(3) == 0);
  CHECK(matrix.value(2, 1) == 3.5F);
  CHECK(matrix.value(0, 2) == 4);
  CHECK(std::vector<std::int32_t>(matrix.expressed(2).begin(), matrix.expressed(2).end()) ==
        std::vector<std::int32_t>{0, 1});
}

TEST_CASE("relative profiles sum to one, cell by cell") {
  const auto profiles = testing::random_matrix(20, 30, 0.5, 3).relative_profiles();
  for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
    double sum = 0;
    for (const float share : profiles.values(cell)) sum += static_cast<double>(share);
    CHECK(sum == Approx(1).epsilon(1e-6));
  }
}

TEST_CASE("the checksum sees names, presence and values") {
  const auto matrix = testing::matrix_of({{1, 0}, {1, 1}});
  CHECK(matrix.checksum() == testing::matrix_of({{1, 0}, {1, 1}}).checksum());
  CHECK(matrix.checksum() != testing::matrix_of({{0, 1}, {1, 1}}).checksum());
  CHECK(matrix.checksum() != testing::matrix_of({{1, 0}, {1, 2}}).checksum());
}

TEST_CASE("the checksum is that of files of all versions") {
  // Computed bit by bit in Python: names with their lengths, row starts, genes, values. Models, screens and
  // checkpoints that are there state such checksums, and are compared by them with the data.
  CHECK(testing::matrix_of({{1, 0}, {1, 2}}).checksum() == "crc64:a06932561e6d8644");
}
