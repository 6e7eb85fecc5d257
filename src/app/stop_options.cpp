#include "stop_options.hpp"

#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"

namespace dko::app {

namespace po = boost::program_options;

void add_stop_options(CommandLine& line, StopOptions& options) {
  const auto take = [&options](const std::string& text) {
    const auto seconds = parse_time_limit(text);
    if (!seconds) {
      throw UsageError(
          fmt::format("--time-limit must be like MINUTES, H:MM:SS or DAYS-HOURS, not '{}'", text));
    }
    options.time_limit = *seconds;
  };
  line.add()(
      "time-limit", po::value<std::string>()->value_name("TIME")->notifier(take),
      "save all and stop after this time, with exit code 5, as SIGTERM, SIGINT and SIGUSR1 do: MINUTES, "
      "H:MM:SS or DAYS-HOURS, as SLURM has them");
}

}  // namespace dko::app
