#include "stop_request.hpp"

#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/parallel/collective.hpp"

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

void StopRequest::stop(const Communicator& ranks, const std::string& saved) const {
  const auto signal = StopSignals::caught();
  std::optional<CollectiveFailure> failure;
  if (is_made())
    failure.emplace(ExitCode::stopped, fmt::format("stopped by {}; {}; go on with --resume",
                                                   signal ? *signal : std::string("--time-limit"), saved));
  agree(ranks, failure);
  // Some rank was asked, or the vote would not have been to stop.
  throw CollectiveFailure(ExitCode::stopped, fmt::format("stopped; {}; go on with --resume", saved));
}

}  // namespace dko::app
