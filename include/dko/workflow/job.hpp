#pragma once

#include <cstdint>
#include <string>

#include "dko/base/log.hpp"
#include "dko/base/provenance.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// What all work that is done on all ranks starts with.
struct Job {
  /// `log` speaks on rank 0 only. Collective.
  Job(const Communicator& communicator, const std::string& command_line, const Log& job_log,
      std::uint64_t seed)
      : nodes(communicator), log(job_log), provenance(start_provenance(command_line, communicator.size())) {
    provenance.seed = seed;
  }

  const Communicator& ranks() const { return nodes.all; }

  NodeGroup nodes;
  Log log;
  Provenance provenance;  ///< checksums are added as they become known
};

}  // namespace dko
