#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/mapping/gene_levels.hpp"
#include "presence.hpp"

namespace dko {

/// What the genes of each cell enter the regressions with, x: presence as bits, and beside them the levels of
/// the cells' genes that enter by these (GeneLevels).
class GeneInputs {
 public:
  GeneInputs(const RelativeProfiles& profiles, GeneLevels levels);

  const GeneLevels& levels() const { return levels_; }
  const PresenceBits& presence() const { return presence_; }
  std::size_t padded_genes() const { return presence_.padded_genes(); }
  bool is_level(std::int32_t gene) const {
    return levels_.any() && levels_.scale[static_cast<std::size_t>(gene)] > 0;
  }
  /// f of a cell; 1 without levels.
  double factor(std::int64_t cell) const {
    return factors_.empty() ? 1 : factors_[static_cast<std::size_t>(cell)];
  }

  /// x of a gene in a cell; 0 where the cell does not express it.
  float value(std::int64_t cell, std::int32_t gene) const {
    if (!presence_.has(cell, gene)) return 0;
    return is_level(gene) ? level(cell, gene) : 1.0F;
  }
  /// Adds `value` x to the sums of all genes that the cell expresses; `sums` has room for padded_genes().
  void add(std::int64_t cell, float value, std::span<float> sums) const;
  /// Bytes of the inputs of this many cells and genes, of which so many non-zeros are levels.
  static double bytes(double cells, double genes, double levels);

 private:
  struct Level {
    std::int32_t gene;
    float x;
  };
  float level(std::int64_t cell, std::int32_t gene) const;

  GeneLevels levels_;
  PresenceBits presence_;
  std::vector<double> factors_;               // of the cells; empty without levels
  std::vector<std::vector<Level>> of_cells_;  // likewise
};

}  // namespace dko
