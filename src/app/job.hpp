#pragma once

#include <cstdint>

#include "command.hpp"
#include "dko/base/log.hpp"
#include "dko/base/provenance.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko::app {

/// What every command that computes on all ranks starts with.
struct Job {
  /// Collective.
  Job(const Context& context, const CommonOptions& options, std::uint64_t seed)
      : nodes(context.communicator),
        log(make_log(options, context)),
        provenance(start_provenance(context.command_line, context.communicator.size())) {
    provenance.seed = seed;
  }

  const Communicator& ranks() const { return nodes.all; }

  NodeGroup nodes;
  Log log;
  Provenance provenance;  ///< checksums are added as they become known
};

}  // namespace dko::app
