#pragma once
// How much of the double knockouts a screen is to keep.

#include "dko/command_line/command_line.hpp"
#include "dko/planning/screen_request.hpp"

namespace dko::app {

/// Options --keep, --threshold, --keep-by and --memory.
void add_keep_options(CommandLine& line, ScreenRequest& request);

}  // namespace dko::app
