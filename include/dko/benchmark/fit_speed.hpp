#pragma once
// What the fit of a sparse mapping takes, beside its forecast: what dko bench fit measures.

#include <cstdint>
#include <string>

#include "dko/mapping/model.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/training/fit_forecast.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// Counts of simulated cells, as dko simulate makes them with --genes, --cells, --umi and --seed alone.
struct FitBench {
  std::int64_t genes = 1'000;
  std::int64_t cells = 1'000;
  double molecules = 5'000;  ///< counted in a cell, a mean; more than 0
  std::uint64_t seed = 1;    ///< of cells, folds and decoys
};

/// Seconds and bytes of a fit.
struct FitSpeed {
  double making = 0;             ///< seconds of simulating cells, and of giving them to every node
  double seconds = 0;            ///< of the fit and its q-values
  double expressed = 0;          ///< genes of a cell, a mean
  AtRoot<FitForecast> forecast;  ///< by the fitted costs, of as many ranks
  AtRoot<SparseRecord> record;   ///< what was found
  AtRoot<std::string> checksum;  ///< of the mapping: the same for any number of ranks
  AtRoot<NodeMemory> memory;     ///< the need, and what the scarcest node has
  double peak_bytes = 0;         ///< most memory of a rank, what it shares included
};

/// Simulates the cells, each on one rank, and returns their profiles, held once per node. The same for any
/// number of ranks. Collective. @throws CollectiveFailure if cells do not settle or express nothing
RelativeProfiles simulate_counts(const FitBench& bench, Job& job);

/// Simulates cells and fits one sparse mapping to all of them on all ranks, as dko train --mapping sparse
/// does. Collective. @throws CollectiveFailure as simulate_counts() and require_on_every_node()
FitSpeed measure_fit(const FitBench& bench, Job& job);

}  // namespace dko
