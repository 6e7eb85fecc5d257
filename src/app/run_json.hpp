#pragma once
// What --json reports of trainings, screens, and the memory that they need.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "dko/mapping/model.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/workflow/rank_seconds.hpp"
#include "dko/workflow/screen_run.hpp"
#include "dko/workflow/training_run.hpp"

namespace dko::app {

/// How the model came to be: its kind and settings; of an ensemble each member's under of_members.
nlohmann::ordered_json training_json(const Model& model);
/// What a training said of its mapping, as advice and advice_….
nlohmann::ordered_json to_json(const TrainingAdvice& advice);
/// training_json() and the seconds. Local: rank 0.
nlohmann::ordered_json to_json(const TrainedModel& trained);
nlohmann::ordered_json to_json(const RankSeconds& seconds);
nlohmann::ordered_json to_json(const ScreenCounts& counts);
/// Bytes by what they are for, in all, and available.
nlohmann::ordered_json to_json(const NodeMemory& memory);
/// The same of each phase, by its name.
nlohmann::ordered_json to_json(const std::vector<NodeMemory>& phases);

}  // namespace dko::app
