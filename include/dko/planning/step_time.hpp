#pragma once
// What a step of training takes, measured.

#include <array>
#include <cstdint>

#include "dko/training/two_layer/trainer.hpp"

namespace dko {

/// A part of a step, and what tables and --json call it.
struct StepPart {
  const char* name;
  double StepSeconds::*seconds;
};
inline constexpr std::array step_parts{
    StepPart{"forward", &StepSeconds::forward},
    StepPart{"backward", &StepSeconds::backward},
    StepPart{"communication", &StepSeconds::communication},
    StepPart{"update", &StepSeconds::update},
    StepPart{"validation", &StepSeconds::validation},
    StepPart{"other", &StepSeconds::other},
};

/// Seconds of one step, validations included at their part.
struct StepTime {
  TrainingPlan plan;  ///< that the trainer followed
  double total = 0;   ///< of the slowest rank, by the clock
  StepSeconds parts;  ///< means over the ranks; steps and validations are those of one repeat
};

/// Makes steps of a training, after two that do not count, as often as it takes to fill some 0.2 s, and in
/// whole periods of validation; all of that `repeats` times. Medians over the repeats, of each part by
/// itself. A choice that the options leave open is made as for as many steps as they ask for. The same on
/// every rank. Collective.
StepTime time_steps(const RelativeProfiles& profiles, const Split& split, const TrainingOptions& options,
                    const Communicator& ranks, std::int64_t repeats);

}  // namespace dko
