#pragma once
// How quickly the kernels score the pairs of a cell: what dko bench kernel measures.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dko/knockout/sharding/cost.hpp"
#include "dko/parallel/communicator.hpp"
#include "dko/system/instruction_set.hpp"

namespace dko {

/// Which kernels to measure, in which cells.
struct KernelBench {
  /// Expressed genes of each cell, 3 or more.
  std::vector<std::int64_t> genes{64, 128, 300, 512, 1000, 1600, 2048, 4096, 8192};
  std::int64_t repeats = 5;    ///< medians count
  std::int64_t nonzeros = 32;  ///< effects of each gene of a synthetic sparse mapping
  double effect = 0.2;         ///< of a synthetic dense one: make_dense_mapping() (synthetic_mapping.hpp)
  std::uint64_t seed = 1;
  std::optional<InstructionSet> instructions;  ///< only these; none: all that every rank's machine has
  /// File of a model whose first mapping takes the place of the synthetic ones, in cells of its genes drawn
  /// at random; empty: none. Cells of more genes than it has are left out.
  std::string model;
};

/// What one kernel did in one cell; means over the ranks.
struct KernelSpeed {
  std::string kernel;                  ///< name of the instruction set, or "sparse"
  std::int64_t genes = 0;              ///< n, that the cell expresses
  double load = 0;                     ///< seconds until the first pair
  double pairs_per_second = 0;         ///< of the whole cell, loading included
  double kernel_pairs_per_second = 0;  ///< once it is loaded
  double crossing = 0;                 ///< part of the rows that may cross zero; 0 for the sparse kernel
  double ceiling_elements = 0;         ///< a second (kernel_ceiling.hpp); 0 for the sparse kernel
  double of_ceiling = 0;               ///< elements() of a repeat by the ceiling measured right after it

  /// Outputs a second: n for each pair.
  double elements() const { return kernel_pairs_per_second * static_cast<double>(genes); }
};

/// @throws CollectiveFailure (exit code 2) if not every rank's machine has the instructions that are asked
/// for. Collective.
void require_instructions(const KernelBench& bench, const Communicator& ranks);

/// Scores all pairs of a cell, or a sample of them spread over the cell where they are many, with every
/// kernel and in every cell; one core a rank, all ranks at the same time. Every rank's machine has the
/// instructions that are asked for. The same on every rank. Collective. @throws CollectiveFailure as
/// read_model()
std::vector<KernelSpeed> measure_kernels(const KernelBench& bench, const Communicator& ranks);

/// Cost models of one member's kernels, to balance ranks by (cost.hpp).
struct KernelCosts {
  CostModel dense;
  CostModel sparse;
};

/// Fits both to timings of synthetic cells of 100 to 3,000 expressed genes; instructions and model do not
/// matter. Local.
KernelCosts fit_kernel_costs(const KernelBench& bench);

}  // namespace dko
