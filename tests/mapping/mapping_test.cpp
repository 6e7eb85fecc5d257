#include "dko/mapping/mapping.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace dko;

namespace {

void check_uniform(std::span<const float> values, double bound) {
  double sum = 0;
  double squares = 0;
  for (const float value : values) {
    REQUIRE(std::abs(static_cast<double>(value)) <= bound);
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  const auto count = static_cast<double>(values.size());
  const double variance = bound * bound / 3;
  CHECK(std::abs(sum / count) < 5 * std::sqrt(variance / count));
  // The square of a uniform variable has variance 4/45 bound⁴.
  CHECK(std::abs(squares / count - variance) < 5 * std::sqrt(4.0 / 45 / count) * bound * bound);
}

}  // namespace

TEST_CASE("weights and biases start uniform in ±1/√fan_in") {
  const Mapping mapping = Mapping::initialised({120, 40}, 5);
  check_uniform(mapping.w1(), 1 / std::sqrt(120.0));
  check_uniform(mapping.b1(), 1 / std::sqrt(120.0));
  check_uniform(mapping.w2(), 1 / std::sqrt(40.0));
  check_uniform(mapping.b2(), 1 / std::sqrt(40.0));
}

TEST_CASE("the parts of the parameters do not overlap and cover them") {
  const MappingShape shape{7, 3};
  CHECK(shape.parameters() == 2 * 21 + 7 + 3);
  Mapping mapping(shape);
  for (std::size_t at = 0; at < mapping.parameters().size(); ++at)
    mapping.parameters()[at] = static_cast<float>(at);
  CHECK(mapping.w1().front() == 0);
  CHECK(mapping.b1().front() == 21);
  CHECK(mapping.w2().front() == 24);
  CHECK(mapping.b2().front() == 45);
  CHECK(mapping.b2().back() == 51);
}

TEST_CASE("the start depends on the seed, and the checksum on parameters and genes") {
  const Names genes{"a", "b", "c"};
  const MappingShape shape{3, 3};
  CHECK(Mapping::initialised(shape, 1).checksum(genes) == Mapping::initialised(shape, 1).checksum(genes));
  CHECK(Mapping::initialised(shape, 1).checksum(genes) != Mapping::initialised(shape, 2).checksum(genes));
  CHECK(Mapping::initialised(shape, 1).checksum(genes) !=
        Mapping::initialised(shape, 1).checksum({"a", "c", "b"}));
}
