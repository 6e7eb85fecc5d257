#pragma once

#include <cstdint>

#include "dko/base/csv_writer.hpp"
#include "dko/parallel/at_root.hpp"
#include "dko/simulation/dynamics.hpp"
#include "dko/workflow/job.hpp"
#include "dko/workflow/truth_run.hpp"

namespace dko {

/// Bytes of the sums on each rank.
double effects_truth_bytes(std::int64_t genes);

/// Solves the network again for every loss of a gene that a cell has, each on the rank that has the cell, and
/// writes on rank 0 gene_lost,gene,relative_change,cells for every two genes that a cell has together: the
/// mean relative change of the level of `gene` over the cells that have both, by their names. Losses that
/// reach no steady state are skipped with a warning. The file is still to be finished. Returns how many rows
/// were written. Collective.
AtRoot<std::int64_t> write_effects_truth(const RegulatoryDynamics& dynamics, const RankCells& mine,
                                         const AtRoot<CsvWriter*>& csv, Job& job);

}  // namespace dko
