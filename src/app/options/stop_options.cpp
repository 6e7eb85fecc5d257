#include "stop_options.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko::app {

void add_stop_options(CommandLine& line, StopOptions& options) {
  const auto seconds_of = [](const std::string& text) {
    const auto seconds = parse_time_limit(text);
    if (seconds) return *seconds;
    throw UsageError(fmt::format("--time-limit must be like MINUTES, H:MM:SS or DAYS-HOURS, not '{}'", text));
  };
  line.group(stopping_group);
  line.parsed("time-limit", options.time_limit, "TIME", seconds_of,
              "save all and stop after this time, with exit code 5, as SIGTERM, SIGINT and SIGUSR1 do: "
              "MINUTES, H:MM:SS or DAYS-HOURS, as SLURM has them");
}

}  // namespace dko::app
