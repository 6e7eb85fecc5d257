#pragma once
// What of the cells' columns a screen keeps, and in which cells it knocks out.

#include "dko/command_line/command_line.hpp"
#include "dko/planning/screen_request.hpp"
#include "dko/workflow/input_data.hpp"

namespace dko::app {

/// Options --knockout-where and --obs; `screen` has the other options that choose knockouts.
void add_cell_options(CommandLine& line, InputOptions& input, const ScreenRequest& screen);

}  // namespace dko::app
