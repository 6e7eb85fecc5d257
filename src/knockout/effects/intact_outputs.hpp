#pragma once

#include <cstdint>

#include "cells_of_genes.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/collapsed_mapping.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// What one mapping says of the intact cells: a number for every expressed gene of every cell, in their
/// order. Held once per node.
struct IntactOutputs {
  static constexpr double bytes_of_entry = 4 * sizeof(double);

  NodeArray<double> linear;  ///< u = A z of a dense mapping; the output before the floor of a sparse one
  NodeArray<double> ratio;   ///< r of the base profile (BaseProfile)
  NodeArray<double> input;   ///< x of a sparse mapping with levels; empty: 1
  NodeArray<double> output;  ///< r|o|, what the base profile is made of
  NodeArray<double> total;   ///< one per cell: the sum of its outputs

  /// By what a gene enters the outputs of the others of its cell.
  double input_at(std::int64_t place) const { return input.size() == 0 ? 1.0 : input[place]; }
};

/// The ranks of each node share its cells. Collective.
IntactOutputs intact_outputs(const RelativeProfiles& profiles, const CellsOfGenes& places,
                             const CollapsedMapping& mapping, Base base, const NodeGroup& nodes);

}  // namespace dko
