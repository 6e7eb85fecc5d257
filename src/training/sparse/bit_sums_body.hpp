#pragma once
// What the versions of BitSums have in common. Functions are in a namespace without a name: each version is
// compiled for its own processors.

#include <array>

#include "bit_sums.hpp"

namespace dko {

inline constexpr std::size_t chunk_blocks =
    32;  // whose tables stay in the first cache; other numbers round otherwise
static_assert(groups_of_block * group_rows == bits_of_block + 1);

/// Which places' sums have each row of a group.
using GroupPlaces = std::array<float, places_of_group>;
inline constexpr std::array<GroupPlaces, group_rows> places_of_rows{GroupPlaces{0, 1, 0, 1, 0, 1, 0, 1},
                                                                    GroupPlaces{0, 0, 1, 1, 0, 0, 1, 1},
                                                                    GroupPlaces{0, 0, 0, 0, 1, 1, 1, 1}};

namespace {

/// The values of a group's rows; the last group of a block has two.
std::array<float, group_rows> values_of_group(const float* block, std::size_t group) {
  const float* rows = block + group_rows * group;
  return {rows[0], rows[1], group + 1 < groups_of_block ? rows[2] : 0.0F};
}

}  // namespace

}  // namespace dko
