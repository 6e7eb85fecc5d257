#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// An event of a list of order 2.
struct ListedPair {
  std::int32_t first;
  std::int32_t second;
  std::int64_t cell;
  std::int64_t number;  ///< in the list

  auto place() const { return std::tuple(first, second, cell, number); }
  bool is_of_same_pair(const ListedPair& other) const {
    return first == other.first && second == other.second;
  }
};

/// The events of the list pair by pair, each in the order of its cells, every cell once. Local.
std::vector<ListedPair> sorted_list(const ScreenReader& screen);

}  // namespace dko
