#include "dko/workflow/stop_request.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/parallel/collective.hpp"

namespace dko {

void StopRequest::stop(const Communicator& ranks, const std::string& saved) const {
  const auto signal = StopSignals::caught();
  std::optional<CollectiveFailure> failure;
  const std::string go_on = "go on with " + parameter("resume");
  if (is_made())
    failure.emplace(ExitCode::stopped, fmt::format("stopped by {}; {}; {}",
                                                   signal ? *signal : parameter("time-limit"), saved, go_on));
  agree(ranks, failure);
  // Some rank was asked, or the vote would not have been to stop.
  throw CollectiveFailure(ExitCode::stopped, fmt::format("stopped; {}; {}", saved, go_on));
}

}  // namespace dko
