#include "training/sparse/bit_columns.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <tuple>

#include "dko/base/random.hpp"
#include "support/testing.hpp"
#include "training/sparse/presence.hpp"

using namespace dko;

namespace {

constexpr std::size_t rows = 96;

BitColumns random_columns(std::size_t columns, std::uint64_t seed) {
  RandomStream random(seed, "bit columns");
  BitColumns bits;
  bits.reset(rows, columns);
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t block = 0; block < bits.blocks(); ++block)
      bits.set_word(block, column, static_cast<std::uint32_t>(random()));
  }
  return bits;
}

bool has(const BitColumns& bits, std::size_t row, std::size_t column) {
  return (bits.word(row / 32, column) >> row % 32 & 1U) != 0;
}

std::vector<float> random_values(std::size_t count) {
  RandomStream random(2, "values");
  std::vector<float> values;
  for (std::size_t row = 0; row < count; ++row) values.push_back(static_cast<float>(random.normal()));
  return values;
}

}  // namespace

TEST_CASE("sums over the ones of columns are those of plain loops, from any tile and block on") {
  const std::vector<float> values = random_values(rows);
  for (const std::size_t columns : {1U, 8U, 45U, 70U}) {
    const BitColumns bits = random_columns(columns, columns);
    for (const std::size_t first_block : {0U, 1U}) {
      for (std::size_t tile = 0; BitColumns::tile_columns * tile < columns; ++tile) {
        std::vector<float> sums(bits.padded_columns() - BitColumns::tile_columns * tile, 3.0F);
        bits.add_sums(std::span(values).subspan(32 * first_block), first_block, tile, sums);
        for (std::size_t column = BitColumns::tile_columns * tile; column < columns; ++column) {
          double sum = 3;
          for (std::size_t row = 32 * first_block; row < rows; ++row)
            sum += has(bits, row, column) ? static_cast<double>(values[row]) : 0;
          CHECK(static_cast<double>(sums[column - BitColumns::tile_columns * tile]) ==
                Approx(sum).margin(1e-5));
        }
      }
    }
  }
}

TEST_CASE("ones that columns have in common are counted") {
  constexpr std::size_t many = 3200;  // beyond what a byte counts
  BitColumns bits;
  bits.reset(many, 19);
  RandomStream random(4, "common");
  for (std::size_t column = 0; column < 19; ++column) {
    for (std::size_t block = 0; block < bits.blocks(); ++block)
      bits.set_word(block, column, column < 2 ? ~std::uint32_t{0} : static_cast<std::uint32_t>(random()));
  }
  for (const std::size_t column : {1U, 9U}) {
    std::vector<float> counts(16, 2.0F);
    bits.add_common(column, 3, 90, 1, counts);
    for (std::size_t other = BitColumns::tile_columns; other < 19; ++other) {
      int common = 2;
      for (std::size_t row = 32 * 3; row < 32 * 93; ++row)
        common += has(bits, row, column) && has(bits, row, other) ? 1 : 0;
      CHECK(counts[other - BitColumns::tile_columns] == static_cast<float>(common));
    }
  }
}

TEST_CASE("columns are appended, added, multiplied and counted row by row") {
  const BitColumns from = random_columns(20, 3);
  BitColumns bits;
  bits.reset(rows, 0);
  for (const std::size_t column : {17U, 3U, 4U, 0U, 5U, 6U, 7U, 8U, 9U}) bits.append(from, column);
  REQUIRE(bits.columns() == 9);
  const std::vector<float> values = random_values(rows);
  std::vector<float> products(rows);
  bits.multiply(1, values, products);
  std::vector<double> added(41, 1.0);
  bits.add_column(1, 2.5, 30, added);
  std::int64_t ones = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const bool is_one = has(from, row, 3);
    ones += is_one ? 1 : 0;
    CHECK(products[row] == (is_one ? values[row] : 0.0F));
    if (row >= 30 && row < 71) CHECK(added[row - 30] == (is_one ? 3.5 : 1));
  }
  CHECK(bits.count(1) == ones);
  bits.reset(rows, 2);
  CHECK(bits.count(0) + bits.count(1) == 0);
}

TEST_CASE("presence of cells becomes columns of genes, in the order of the rows") {
  const ExpressionMatrix matrix = testing::random_matrix(75, 300, 0.4, 5);
  const PresenceBits presence(matrix, NodeGroup(Communicator::one_rank()));
  std::vector<std::int64_t> cells{70, 3, PresenceBits::no_cell, 3};
  for (std::int64_t cell = 0; cell < 72; ++cell) cells.push_back(71 - cell);
  BitColumns columns;
  // Fewer rows the next times, in the memory of the first.
  for (const std::size_t count : {cells.size(), std::size_t{64}, std::size_t{20}}) {
    const auto rows_of_gene = std::span(cells).first(count);
    presence.columns_of(rows_of_gene, columns);
    REQUIRE(columns.blocks() == (count + 31) / 32);
    REQUIRE(columns.columns() >= 300);
    std::vector<float> counts(columns.padded_columns(), 1.0F);
    columns.add_counts(counts);
    for (std::size_t gene = 0; gene < 300; ++gene)
      CHECK(counts[gene] == static_cast<float>(1 + columns.count(gene)));
    for (std::size_t row = 0; row < 32 * columns.blocks(); ++row) {
      for (std::int32_t gene = 0; gene < 300; ++gene) {
        const bool is_there = row < count && cells[row] >= 0 && matrix.expresses(cells[row], gene);
        CHECK(has(columns, row, static_cast<std::size_t>(gene)) == is_there);
      }
    }
  }
}

TEST_CASE("each instruction set sums over columns to the same bits") {
  constexpr std::size_t blocks = 70;  // some chunks of tables
  constexpr std::size_t tiles = 11;   // no multiple of those that go together
  RandomStream random(6, "each instruction set");
  std::vector<std::uint32_t> words(tiles * blocks * columns_of_tile);
  for (std::uint32_t& word : words) word = static_cast<std::uint32_t>(random());
  std::fill_n(words.begin(), blocks * columns_of_tile, ~std::uint32_t{0});
  const std::vector<float> values = random_values(blocks * bits_of_block);
  const auto results = [&](const BitSums& by) {
    const std::uint32_t* other = words.data() + 5;
    std::vector<float> sums(tiles * columns_of_tile, 0.5F), counts(sums);
    std::vector<double> added(blocks * bits_of_block, 0.1);
    by.add_sums({words.data(), blocks * columns_of_tile, tiles, blocks}, values.data(), sums.data());
    by.add_common({words.data(), blocks * columns_of_tile, tiles, blocks}, other, counts.data());
    by.add_column(words.data() + blocks * columns_of_tile + 3, blocks, -0.7, added.data());
    // Of rows that another column has, by tables of all: the bits of values that are 0 elsewhere.
    std::vector<BlockTables> tables(blocks);
    by.tabulate(values.data(), blocks, tables.data());
    std::vector<float> common(sums), of_product(sums), product(values);
    for (std::size_t row = 0; row < product.size(); ++row)
      product[row] *=
          static_cast<float>(other[row / bits_of_block * columns_of_tile] >> row % bits_of_block & 1U);
    by.add_common_sums({words.data(), blocks * columns_of_tile, tiles, blocks}, other, tables.data(),
                       common.data());
    by.add_sums({words.data(), blocks * columns_of_tile, tiles, blocks}, product.data(), of_product.data());
    CHECK(common == of_product);
    return std::tuple(sums, counts, added, common);
  };
  const auto portable = results(portable_bit_sums);
  CHECK(std::get<1>(portable)[1] == 0.5F + static_cast<float>(blocks * bits_of_block));
  for (const InstructionSet set : every_instruction_set) {
    if (is_available(set)) CHECK(results(bit_sums(set)) == portable);
  }
}
