#include "knockout/kernels/interleaved.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "dko/base/aligned_array.hpp"

using namespace dko;

namespace {

/// Columns of different numbers, and where row i of column c is expected among `width` columns side by side.
struct Columns {
  Columns(std::int64_t count, std::int64_t height) : rows(height), values(static_cast<std::size_t>(count)) {
    for (std::int64_t c = 0; c < count; ++c) {
      AlignedArray& column = values[static_cast<std::size_t>(c)];
      column.resize(rows);
      for (std::int64_t i = 0; i < rows; ++i) column[i] = static_cast<float>(1000 * c + i);
      starts.push_back(column.data());
    }
  }
  std::int64_t place(std::int64_t c, std::int64_t i, std::int64_t width) const {
    return (c / width * rows + i) * width + c % width;
  }

  std::int64_t rows;
  std::vector<AlignedArray> values;
  std::vector<const float*> starts;
};

}  // namespace

TEST_CASE("columns lie side by side, each number in its own place", "[interleaved]") {
  for (const std::int64_t width : {4, 12, 16}) {
    const Columns columns(48, 20);
    AlignedArray to;
    to.assign(48 * 20, -1);
    interleave(columns.starts, columns.rows, width, to.data());
    AlignedArray rest;
    rest.resize(columns.rows);
    for (std::int64_t i = 0; i < columns.rows; ++i) rest[i] = static_cast<float>(7 * i);
    AlignedArray difference;
    difference.assign(48 * 20, -1);
    interleave_rest(rest.data(), columns.starts, columns.rows, width, difference.data());
    for (std::int64_t c = 0; c < 48; ++c) {
      for (std::int64_t i = 0; i < columns.rows; ++i) {
        const auto number = static_cast<float>(1000 * c + i);
        REQUIRE(to[columns.place(c, i, width)] == number);
        REQUIRE(difference[columns.place(c, i, width)] == rest[i] - number);
      }
    }
  }
}

TEST_CASE("no rows, and no columns, write nothing", "[interleaved]") {
  float untouched = 3;
  interleave({}, 4, 4, &untouched);
  const Columns columns(4, 0);
  interleave(columns.starts, 0, 4, &untouched);
  CHECK(untouched == 3);
}
