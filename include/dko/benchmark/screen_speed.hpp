#pragma once
// What a whole screen of synthetic cells takes: what dko bench screen measures.

#include <cstdint>

#include "dko/base/output_file.hpp"
#include "dko/knockout/sharding/screen_forecast.hpp"
#include "dko/mapping/model.hpp"
#include "dko/planning/node_memory.hpp"
#include "dko/planning/screen_request.hpp"
#include "dko/workflow/job.hpp"
#include "dko/workflow/screen_run.hpp"

namespace dko {

/// Synthetic cells (make_cells(), synthetic_mapping.hpp), a mapping of one kind, and the knockouts to score.
struct ScreenBench {
  ScreenBench() { screen.order = 2; }

  std::int64_t genes = 10'000;
  std::int64_t cells = 20;
  std::int64_t expressed = 3'000;  ///< genes of each cell, at most `genes`
  MappingKind kind = MappingKind::dko;
  std::int64_t hidden = 0;     ///< units of the original's mapping; 0: as many as genes
  double effect = 0.2;         ///< of the original's mapping: make_layers()
  std::int64_t nonzeros = 32;  ///< effects of each gene of a sparse mapping
  std::uint64_t seed = 1;
  ScreenRequest screen;  ///< without a base: the default one of the kind

  MappingShape shape() const { return {genes, hidden > 0 ? hidden : genes}; }
};

/// Seconds and bytes of a screen.
struct ScreenSpeed {
  InstructionSet instructions = InstructionSet::portable;  ///< that the kernels used
  double making = 0;                ///< seconds of making cells and mapping, and giving them to every node
  double collapsing = 0;            ///< seconds of A = W2·W1
  ScreenCounts counts;              ///< of screening and writing
  AtRoot<ScreenForecast> forecast;  ///< of the counts, by the cost model, which knows nothing of writing
  AtRoot<NodeMemory> memory;        ///< the need, and what the scarcest node has
  double peak_bytes = 0;            ///< most memory of a rank, what it shares included
};

/// Makes cells and a mapping, screens them on all ranks as dko screen does, and gives the file its name. The
/// same on every rank, but for what is at root. Collective.
/// @throws CollectiveFailure as make_plan, check_screen and require_on_every_node, before any computing
ScreenSpeed measure_screen(const ScreenBench& bench, AtRoot<OutputFile>& out, Job& job);

}  // namespace dko
