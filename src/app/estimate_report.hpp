#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dko/planning/estimate.hpp"

namespace dko::app {

nlohmann::ordered_json to_json(const Estimate& estimate);

/// As a table for people.
std::string text_of(const Estimate& estimate);

}  // namespace dko::app
