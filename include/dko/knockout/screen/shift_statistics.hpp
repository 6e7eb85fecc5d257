#pragma once
// What tells a gene's mean shift from chance, for a sparse mapping and its decoys.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/knockout/screen/cell_loop.hpp"
#include "dko/knockout/screen/from_to.hpp"
#include "dko/knockout/sharding/cost.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/mapping/sparse_mapping.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// Statistics by one sparse mapping. f_g is the part of A's cells that express gene g.
struct ShiftStatistics {
  /// N: |mean shift of g over the cells of A that express it| · √(f_g (1 − f_g)): a presence that varies
  /// little has effects that are known the worse.
  std::vector<double> of_genes;
  /// The same of the decoys of each draw, in the place of the gene's own effects.
  std::vector<std::vector<double>> of_decoys;
  /// N: how unlikely it is that B differs from A along the effects of g by chance. With h_c = <Δ_g, b_c> of
  /// each cell c, Δ_g = −A_g + (Σ A_g) a the change that losing g makes (of outputs, rescaled), the two-sided
  /// p of a t test of h in B and in A: the greater of Student's and of Welch's, where an end is a single cell
  /// Student's. A profile in the place of B has no variance. 1 of a gene without effects, and where nothing
  /// varies.
  std::vector<double> chance;
};

/// Losses of every gene that a cell of A expresses beside another. `decoys` are the mapping with the effects
/// of each draw in the place of its own. Ranks share the cells; the same bits for any number of them.
/// Arguments are the same on all ranks, and so is the result. `loop`, if there is one, goes through the
/// cells. Collective. @throws what the loop throws
ShiftStatistics shift_statistics(const FromTo& from_to, const Direction& direction,
                                 const RelativeProfiles& profiles, const CollapsedMapping& mapping,
                                 std::span<const SparseMapping> decoys, Base base, const Communicator& ranks,
                                 const CellLoop& loop = {});

/// Cells that this passes over, with so many draws of decoys. Local.
std::int64_t shift_statistics_cells(const FromTo& from_to, std::int64_t draws);

/// Seconds that it takes one core, by what cells cost (one entry a cell of the matrix); `effects` are those
/// of the mapping. Local.
double shift_statistics_seconds(const FromTo& from_to, const ExpressionMatrix& matrix,
                                std::span<const CellCosts> costs, std::int64_t draws, double effects);

/// Bytes that it takes on each rank, beside mappings and kernels. Local.
double shift_statistics_bytes(std::int64_t genes, std::int64_t draws);

}  // namespace dko
