#pragma once
// From which cells toward which.

#include "dko/command_line/command_line.hpp"
#include "dko/planning/direction_request.hpp"

namespace dko::app {

void add_direction_options(CommandLine& line, DirectionRequest& request);

/// @throws UsageError for one end without the other
void require_whole(const DirectionRequest& request);

}  // namespace dko::app
