#pragma once
// The true effect of knockouts in simulated cells, solved on all ranks, as dko simulate writes it.

#include <cstdint>
#include <string>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/simulation/cells.hpp"
#include "dko/simulation/dynamics.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// Knockouts of `order` genes each, cell by cell; or genes that are switched on.
struct TruthEvents {
  std::int64_t order = 1;
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  bool activates = false;

  std::int64_t size() const { return std::ssize(cells); }
};

/// What --truth-single (order 1) or --truth-double (order 2) asks for: "all", a number of random ones, or a
/// file that lists them. Local: rank 0. @throws UsageError, for more than there are or than the memory of a
/// node with so many ranks holds, too, or InputError for a list that does not fit.
TruthEvents choose_truth_events(const std::string& what, std::int64_t order, const ExpressionMatrix& cells,
                                std::uint64_t seed, int ranks_of_node, Log& log);

/// What --truth-activate asks for, likewise: genes that the cells lack, one at a time; a file lists them with
/// + before. Local: rank 0. @throws likewise
TruthEvents choose_truth_activations(const std::string& what, const ExpressionMatrix& cells,
                                     std::uint64_t seed, int ranks_of_node, Log& log);

/// The same checked as far as it can be before anything is simulated; there are at most `most` such
/// knockouts. Local: rank 0. @throws UsageError, or InputError for a file that cannot be a list of them.
void check_truth_choice(const std::string& what, std::int64_t order, double most);

/// The cells that this rank simulates: [first, first + cells.size()) of all.
struct RankCells {
  std::int64_t first = 0;
  std::vector<SimulatedCell> cells;
};

/// Solves the network again for every event, each on the rank that has its cell, and writes on rank 0
/// gene,cell,K_true_vs_original,K_true_vs_renormalised, of pairs both scores of their single knockouts as
/// well; numbers from 0. Events whose cell reaches no steady state are skipped with a warning. The file is
/// still to be finished. Returns how many were written. Collective.
AtRoot<std::int64_t> write_truth(AtRoot<TruthEvents> events, const RegulatoryDynamics& dynamics,
                                 const RankCells& mine, const AtRoot<CsvWriter*>& csv, Job& job);

}  // namespace dko
