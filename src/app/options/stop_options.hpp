#pragma once

#include "common_options.hpp"
#include "dko/workflow/stop_request.hpp"

namespace dko::app {

/// Option --time-limit.
void add_stop_options(CommandLine& line, StopOptions& options);

}  // namespace dko::app
