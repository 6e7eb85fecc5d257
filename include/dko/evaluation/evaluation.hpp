#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "dko/base/log.hpp"
#include "dko/base/progress.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/node_array.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// What is evaluated, and how. The same on every rank but where said otherwise.
struct Evaluation {
  const RelativeProfiles& profiles;           ///< relative profiles of the input
  std::span<const CollapsedMapping> members;  ///< of the model; none: the screen has the scores
  const AtRoot<std::optional<ScreenReader>>& screen;
  Base base;               ///< what the model's knockouts are scored on
  std::int64_t resamples;  ///< of the cells, for 95 % intervals; 0: no intervals
  std::uint64_t seed;
  double least_effect;  ///< a knockout has an effect if its true score is above this
  const NodeGroup& nodes;
  Log& log;
  std::function<ProgressCallback()> resampling;  ///< a display of its progress, for each resampling

  const Communicator& ranks() const { return nodes.all; }
};

}  // namespace dko
