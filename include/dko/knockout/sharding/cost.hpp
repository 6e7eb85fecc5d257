#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/collapsed_mapping.hpp"

namespace dko {

/// What decides how long the knockouts of a cell take: the numbers that a kernel passes over.
struct CellWork {
  double of_event = 0;  ///< for each knockout: dense, n outputs; sparse, the non-zeros of its columns in S×S
  double to_load = 0;   ///< dense: the n² of A[S,S]; sparse: the non-zeros of all columns of S, and N
};

/// Seconds that a kernel needs on one core, by the numbers it passes over:
///
///     pair = pair_base + pair_each · of_event,   single and listed likewise,   load = load_each · to_load
///
/// Only their ratios matter: they balance the ranks and make progress even. To fit them anew after a change
/// of a kernel: dko bench kernel --fit, whose result goes into dense_costs and sparse_costs.
struct CostModel {
  double pair_base = 0;
  double pair_each = 0;
  double single_base = 0;
  double single_each = 0;
  double listed_base = 0;  ///< of a listed knockout of two genes
  double listed_each = 0;
  double load_each = 0;

  double pair(const CellWork& work) const { return pair_base + pair_each * work.of_event; }
  double single(const CellWork& work) const { return single_base + single_each * work.of_event; }
  double listed(const CellWork& work) const { return listed_base + listed_each * work.of_event; }
  double load(const CellWork& work) const { return load_each * work.to_load; }
};

/// The fits for the two kernels of this version, of one member.
extern const CostModel dense_costs;
extern const CostModel sparse_costs;

/// What the events of one cell cost, in units of 0.1 ns of one member's time: whole numbers, so that sums do
/// not depend on their order, and total costs of the largest screens stay far below 2⁶³.
struct CellCosts {
  std::int64_t pair = 1;
  std::int64_t single = 1;
  std::int64_t listed = 1;
  std::int64_t load = 0;
  std::int64_t load_added = 0;  ///< beside it, for the events of a list: of genes that these switch on
};

CellCosts cell_costs(const CostModel& model, const CellWork& work);

/// Work of a dense mapping in a cell of n expressed genes.
CellWork dense_work(std::int64_t expressed);

/// Work in a cell that expresses these genes, by the kernel of this mapping. Local.
CellWork cell_work(const CollapsedMapping& mapping, std::span<const std::int32_t> expressed);

/// Costs of every cell, by the kernels of these mappings (the mean of the members). The same on every rank
/// that has the same data and mappings. O(cells), for sparse mappings O(expressed entries of the matrix ·
/// members). Local.
std::vector<CellCosts> cell_costs(const ExpressionMatrix& matrix, std::span<const CollapsedMapping> members);

}  // namespace dko
