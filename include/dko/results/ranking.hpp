#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/results/aggregate/cell_groups.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

struct RankedEvent {
  std::int64_t number = 0;  ///< in its array
  Event event;
  float score = 0;  ///< the measure, or its lower bound if that ranks
};

/// The `count` events of an array that rank highest by a measure, of all cells, of one or of a group: scores
/// by their value, interactions, which have a sign, by their size. With `deviations`, a number Z ≥ 0, scores
/// by their lower bound, mean − Z·sd over the members, which may be negative; the screen must have their
/// standard deviations, and interactions have none. With `lowest` the lowest values of any measure come
/// first. Equal ones in the order of their events. Reads the file
/// once, in bounded memory. Local.
std::vector<RankedEvent> highest_scores(const ScreenReader& screen, ScoreArray array, Measure measure,
                                        std::int64_t count, std::optional<std::int64_t> cell = {},
                                        std::optional<double> deviations = {},
                                        const CellsOfGroup& within = {}, bool lowest = false);

}  // namespace dko
