#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dko/planning/estimate.hpp"

namespace dko::app {

nlohmann::ordered_json to_json(const Estimate& estimate);

/// "12.3 ms", "4 min 10 s": steps and blocks take milliseconds.
std::string time_text(double seconds);

/// As a table for people.
std::string text_of(const Estimate& estimate);

}  // namespace dko::app
