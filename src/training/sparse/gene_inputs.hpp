#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/gene_levels.hpp"
#include "presence.hpp"

namespace dko {

/// What the genes of each cell enter the regressions with, x: presence as bits, and beside them the levels of
/// the cells' genes that enter by these (GeneLevels). Held once per node; copies share them.
class GeneInputs {
 public:
  /// Collective over the ranks of each node.
  GeneInputs(const RelativeProfiles& profiles, GeneLevels levels, const NodeGroup& group);

  const GeneLevels& levels() const { return levels_; }
  const PresenceBits& presence() const { return presence_; }
  bool is_level(std::int32_t gene) const {
    return levels_.any() && levels_.scale[static_cast<std::size_t>(gene)] > 0;
  }
  /// f of a cell; 1 without levels.
  double factor(std::int64_t cell) const { return factors_.size() == 0 ? 1 : factors_[cell]; }

  /// x of a gene in a cell; 0 where the cell does not express it.
  float value(std::int64_t cell, std::int32_t gene) const {
    if (!presence_.has(cell, gene)) return 0;
    return is_level(gene) ? level(cell, gene) : 1.0F;
  }
  /// Adds `value` (x − 1) to the sums of the genes that enter by their level and that the cell expresses.
  void add_levels(std::int64_t cell, float value, std::span<float> sums) const;
  /// Bytes on a node of the inputs of this many cells and genes, of which so many non-zeros are levels.
  static double bytes(double cells, double genes, double levels);

 private:
  struct Level {
    std::int32_t gene;
    float x;
  };
  void list_levels(const RelativeProfiles& profiles, const NodeGroup& group);
  std::span<const Level> levels_of(std::int64_t cell) const {
    const std::int64_t first = starts_[static_cast<std::size_t>(cell)];
    return of_cells_.view().subspan(
        static_cast<std::size_t>(first),
        static_cast<std::size_t>(starts_[static_cast<std::size_t>(cell) + 1] - first));
  }
  float level(std::int64_t cell, std::int32_t gene) const;

  GeneLevels levels_;
  PresenceBits presence_;
  // What the cells have; empty without levels:
  NodeArray<double> factors_;
  std::vector<std::int64_t> starts_;  // of each cell's levels
  NodeArray<Level> of_cells_;
};

}  // namespace dko
