#pragma once

#include <algorithm>

#include "dense_pair_tile.hpp"

namespace dko {

/// Some firsts by some seconds, and what is known of each second.
struct DensePairTile::Block {
  std::span<const std::int32_t> positions;
  std::span<const RowPart> rows;
  EventRange seconds;            // indices among the positions
  bool is_side_by_side = false;  // the genes of the seconds
  std::array<float, block_seconds> rest{};
  std::array<float, block_seconds> profile{};
  std::array<float, block_seconds> share{};
  std::array<float, block_seconds> centre{};
  std::array<float, block_seconds> column_sum{};
  std::array<float, block_seconds> magnitude{};
  std::array<std::int64_t, block_seconds> crossing_seconds{};  // those whose own row is crossing
  std::int64_t crossing_count = 0;

  std::int32_t first_gene(std::size_t f) const { return positions[static_cast<std::size_t>(rows[f].first)]; }
  std::int32_t second_gene(std::int64_t s) const {
    return positions[static_cast<std::size_t>(seconds.first + s)];
  }
  /// The numbers of the seconds in a column: where they are, or gathered in `place`. A whole vector may be
  /// read beyond the last of them only of the cell's columns.
  const float* of_seconds(const float* column, std::array<float, block_seconds>& place) const {
    if (is_side_by_side) return column + second_gene(0);
    for (std::int64_t s = 0; s < seconds.size(); ++s)
      place[static_cast<std::size_t>(s)] = column[second_gene(s)];
    std::fill(place.begin() + seconds.size(), place.end(), 0.0F);
    return place.data();
  }
  /// Where the score of second 0 of a first goes.
  std::int64_t place(std::size_t f) const { return rows[f].to + seconds.first - rows[f].seconds.first; }
  /// Seconds of a first that are asked for, counted within the block.
  EventRange wanted(std::size_t f) const {
    return {std::max(rows[f].seconds.first, seconds.first) - seconds.first,
            std::min(rows[f].seconds.last, seconds.last) - seconds.first};
  }
  /// The same in whole vectors: what is computed of others means nothing, and loops have no ends of their
  /// own.
  EventRange computed(std::size_t f) const {
    constexpr std::int64_t lanes = 8;
    static_assert(strip_seconds % lanes == 0);
    const EventRange range = wanted(f);
    return {range.first / lanes * lanes, round_up(range.last, lanes)};
  }
};

}  // namespace dko
