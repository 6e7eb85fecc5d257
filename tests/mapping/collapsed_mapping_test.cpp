#include "dko/mapping/collapsed_mapping.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "support/testing.hpp"

using namespace dko;

TEST_CASE("A = W2·W1 and c = W2·b1 + b2, also across blocks") {
  const MappingShape shape = GENERATE(MappingShape{5, 3}, MappingShape{300, 7});
  const Mapping mapping = testing::random_mapping(shape, 1, 9);
  const CollapsedMapping collapsed(mapping);
  const auto width = static_cast<std::size_t>(shape.hidden);
  double largest = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape.genes); ++i) {
    const float* w2 = mapping.w2().data() + i * width;
    double offset = static_cast<double>(mapping.b2()[i]);
    for (std::size_t k = 0; k < width; ++k)
      offset += static_cast<double>(w2[k]) * static_cast<double>(mapping.b1()[k]);
    largest = std::max(largest, std::abs(collapsed.offset()[i] - offset));
    for (std::size_t j = 0; j < static_cast<std::size_t>(shape.genes); ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < width; ++k) {
        sum += static_cast<double>(w2[k]) * static_cast<double>(mapping.w1()[j * width + k]);
      }
      largest = std::max(largest, std::abs(collapsed.column(static_cast<std::int64_t>(j))[i] - sum));
    }
  }
  CHECK(largest < 1e-13);
}
