#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dko/mapping/model.hpp"

namespace dko::app {

/// How the model came to be: its kind and settings; of an ensemble each member's under of_members.
nlohmann::ordered_json training_json(const Model& model);

}  // namespace dko::app
