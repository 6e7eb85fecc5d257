#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dko/results/screen_reader.hpp"

namespace dko {

struct RankedEvent {
  Event event;
  float score = 0;
};

/// The `count` highest scores of an array, highest first, of all cells or of one; equal scores in the order
/// of their events. Reads the file once, in bounded memory. Local.
std::vector<RankedEvent> highest_scores(const ScreenReader& screen, ScoreArray array, std::int64_t count,
                                        std::optional<std::int64_t> cell = {});

}  // namespace dko
