#pragma once

#include <string>

#include "dko/base/log.hpp"
#include "dko/base/progress.hpp"

namespace dko::app {

/// Shows progress on standard error with rate and time left: a line that is drawn anew on a terminal, a
/// line with the time of day every half minute elsewhere. Silent where the log is (other ranks, --quiet).
/// `what` is the work, such as "training"; `unit` what is counted, such as "steps".
ProgressCallback show_progress(const Log& log, std::string what, std::string unit);

}  // namespace dko::app
