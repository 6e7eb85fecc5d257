#pragma once
// The way from cells A to cells B, along which knockouts may move a cell.

#include <cstddef>
#include <vector>

namespace dko {

/// d = m − a over N genes, a and m being the mean profiles of A and of B, and what the scores `shift` and
/// `approach` (score.hpp) need of it.
struct Direction {
  Direction() = default;
  /// <d, d> must be positive, and finite.
  Direction(std::vector<double> mean_of_a, std::vector<double> mean_of_b);

  std::vector<double> from;    ///< a
  std::vector<double> toward;  ///< m
  double squared_length = 0;   ///< <d, d>
  std::vector<double> weight;  ///< d / <d, d>

  double difference(std::size_t gene) const { return toward[gene] - from[gene]; }
};

}  // namespace dko
