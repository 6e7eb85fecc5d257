#pragma once
// Shared by this room's sources only.

#include <algorithm>
#include <vector>

#include "dko/knockout/score/measure.hpp"
#include "dko/mapping/visibility.hpp"

namespace dko {

/// Whether a measure of a single knockout is of what happens to other genes alone: unknown, not 0, where the
/// absence of the lost gene is not visible.
constexpr bool is_of_others(Score score) {
  return score == Score::network || score == Score::shift || score == Score::approach;
}

/// By such a measure, moves the rows of genes that are not visible behind all others, so that what is unknown
/// does not stand among true zeros.
template <class Row>
void visible_first(std::vector<Row>& rows, const Measure& by, const std::vector<GeneVisibility>& visibility) {
  if (visibility.empty() || by.is_interaction || !is_of_others(by.score)) return;
  std::stable_partition(rows.begin(), rows.end(), [&](const Row& row) {
    return is_visible(visibility[static_cast<std::size_t>(row.genes[0])]);
  });
}

}  // namespace dko
