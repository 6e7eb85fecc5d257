#pragma once

#include <optional>
#include <string>

#include "dko/mapping/model.hpp"
#include "dko/training/split.hpp"
#include "dko/training/two_layer/trainer.hpp"

namespace dko {

/// What a training with these options, on these cells, notes of its settings: all but what is left to the
/// plan. Local.
TrainingRecord settings_record(const TrainingOptions& options, const Split& split);

/// A setting that was another, in words that differ where the values do.
struct ChangedSetting {
  std::string what;  ///< a parameter, or what it is of
  std::string then;
  std::string now;
};

/// The first of the settings that two trainings must have alike to come to the same weights, but for their
/// number of steps; validate_every among them only where it `must_validate_alike`. Local.
std::optional<ChangedSetting> changed_setting(const TrainingRecord& then, const TrainingRecord& now,
                                              bool must_validate_alike);

}  // namespace dko
