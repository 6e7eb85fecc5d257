#pragma once

#include <concepts>
#include <cstddef>
#include <numeric>
#include <vector>

namespace dko {

/// 0, 1, …, count − 1: all genes, all cells, places to be put in order. Local.
template <std::integral Number>
std::vector<Number> numbers_below(std::integral auto count) {
  std::vector<Number> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), Number{0});
  return numbers;
}

}  // namespace dko
