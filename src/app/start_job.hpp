#pragma once

#include <cstdint>

#include "command.hpp"
#include "dko/workflow/job.hpp"

namespace dko::app {

/// What a command that computes on all ranks starts with. Collective.
inline Job start_job(const Context& context, const CommonOptions& options, std::uint64_t seed) {
  return Job(context.communicator, context.command_line, make_log(options, context), seed);
}

}  // namespace dko::app
