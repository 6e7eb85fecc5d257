#pragma once
// The loss of one gene in all cells that express it, by each kind of mapping.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cells_of_genes.hpp"
#include "dko/knockout/effects/effect_rows.hpp"
#include "intact_outputs.hpp"

namespace dko {

/// What all rows are computed from. All of it must outlive who uses it.
struct EffectsInput {
  const RelativeProfiles& profiles;
  std::span<const CollapsedMapping> members;
  const EffectsRequest& request;
  const CellsOfGenes& places;
  std::span<const IntactOutputs> intact;  ///< of each member
};

/// Computes rows one by one.
class GeneLosses {
 public:
  virtual ~GeneLosses() = default;
  GeneLosses() = default;
  GeneLosses(const GeneLosses&) = delete;
  GeneLosses& operator=(const GeneLosses&) = delete;

  /// The row of a gene that is lost. Local.
  virtual EffectRow row(std::int32_t lost) = 0;
};

/// For members of one kind. What the cells have of each set is summed up first, by the ranks of a node.
/// Collective.
std::unique_ptr<GeneLosses> make_gene_losses(const EffectsInput& input, const NodeGroup& nodes);

}  // namespace dko
