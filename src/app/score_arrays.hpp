#pragma once

#include <array>
#include <string_view>

#include "dko/knockout/screen.hpp"

namespace dko::app {

/// What users call the arrays of scores, in options and in tables.
struct ScoreArrayName {
  ScoreArray array;
  std::string_view option;
  std::string_view title;
};

inline constexpr std::array score_arrays{ScoreArrayName{ScoreArray::singles, "single", "single knockouts"},
                                         ScoreArrayName{ScoreArray::pairs, "double", "double knockouts"},
                                         ScoreArrayName{ScoreArray::list, "list", "listed knockouts"}};

/// The value of an option --of. @throws UsageError for anything but single, double and list.
ScoreArray score_array_named(std::string_view option);

}  // namespace dko::app
