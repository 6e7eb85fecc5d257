#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// The genes that are knocked out, or switched on, in each cell (CSR, ascending): the expressed ones, or
/// those of them that were chosen; to switch on, genes that it lacks. A cell with a single expressed gene has
/// none: its knockout would leave nothing, and is not an event. Read-only; copies share the arrays.
class KnockoutTargets {
 public:
  KnockoutTargets() = default;
  KnockoutTargets(NodeArray<std::int64_t> starts, NodeArray<std::int32_t> genes)
      : starts_(std::move(starts)), genes_(std::move(genes)) {}

  std::int64_t cells() const { return starts_.size() - 1; }
  /// Number of single knockouts.
  std::int64_t total() const { return genes_.size(); }
  std::int64_t count(std::int64_t cell) const { return starts_[cell + 1] - starts_[cell]; }
  std::span<const std::int32_t> of(std::int64_t cell) const {
    return genes_.view().subspan(static_cast<std::size_t>(starts_[cell]),
                                 static_cast<std::size_t>(count(cell)));
  }
  /// C+1 entries: number of single knockouts before each cell. Single knockout k of cell c is
  /// genes()[k], starts()[c] ≤ k < starts()[c+1].
  std::span<const std::int64_t> starts() const { return starts_.view(); }
  std::span<const std::int32_t> genes() const { return genes_.view(); }

  /// The targets, held once per node. Collective.
  static KnockoutTargets replicate(const NodeGroup& group, AtRoot<KnockoutTargets> targets);

 private:
  NodeArray<std::int64_t> starts_;
  NodeArray<std::int32_t> genes_;
};

/// The expressed genes of every cell, restricted to the given genes and cells where any are given. Local.
KnockoutTargets select_targets(const ExpressionMatrix& matrix,
                               const std::optional<std::vector<std::int32_t>>& genes = {},
                               const std::optional<std::vector<std::int32_t>>& cells = {});

/// Number of the targets that select_lacking() of the same arguments finds, and bytes that it takes for them:
/// as many as cells × genes, where the data are sparse. Local.
std::int64_t count_lacking(const ExpressionMatrix& matrix,
                           const std::optional<std::vector<std::int32_t>>& genes = {},
                           const std::optional<std::vector<std::int32_t>>& cells = {});
double lacking_bytes(const ExpressionMatrix& matrix,
                     const std::optional<std::vector<std::int32_t>>& genes = {},
                     const std::optional<std::vector<std::int32_t>>& cells = {});

/// The genes that every cell lacks, restricted likewise; none of a cell without an expressed gene. Local.
KnockoutTargets select_lacking(const ExpressionMatrix& matrix,
                               const std::optional<std::vector<std::int32_t>>& genes = {},
                               const std::optional<std::vector<std::int32_t>>& cells = {});

}  // namespace dko
