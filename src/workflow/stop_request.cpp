#include "dko/workflow/stop_request.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/parallel/collective.hpp"

namespace dko {

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

}  // namespace dko
