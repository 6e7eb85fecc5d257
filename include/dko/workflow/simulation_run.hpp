#pragma once
// Simulating cells on all ranks, and the tables about them, as dko simulate writes them.

#include <cstdint>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/expression/h5ad.hpp"
#include "dko/parallel/at_root.hpp"
#include "dko/simulation/dynamics.hpp"
#include "dko/simulation/observation.hpp"
#include "dko/simulation/population.hpp"
#include "dko/workflow/job.hpp"
#include "dko/workflow/truth_run.hpp"

namespace dko {

/// This rank's contiguous share of the cells of a population; says in the log how far rank 0 is. Local.
/// @throws as simulate_cell
RankCells simulate_share(const RegulatoryDynamics& dynamics, const Population& population, std::int64_t cells,
                         Job& job);

/// The levels of all cells, cells × genes. Warns of cells that had to be drawn again. Collective.
AtRoot<std::vector<std::vector<double>>> gather_levels(const RankCells& mine, std::int64_t genes, Job& job);

/// Writes regulator,target,sign,weight. Local. @throws IoError
void write_network(CsvWriter& csv, const std::vector<Regulation>& network);

/// Warns of cells that express nothing: all is absent or has decayed, which is of no use to anyone. Local.
void warn_of_silent(const std::vector<std::vector<double>>& levels, Log& log);

/// Type, state and batch of the cells, those of which there are several. Local.
CellColumns kinds_of(const Population& population, const Observation& observation, std::int64_t cells);

/// Writes them beside the cells' names. Local. @throws IoError
void write_kinds(CsvWriter& csv, const CellColumns& columns, std::int64_t cells);

}  // namespace dko
