#pragma once
// The effects of all lost genes on all others, as they are written.

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/effects/effect_rows.hpp"
#include "dko/mapping/direct_q_values.hpp"

namespace dko {

/// By what effects are ranked and left out, always by its size.
enum class EffectMeasure { change, relative };

/// Which effects are kept; all conditions hold together, of the mean over all cells.
struct EffectFilter {
  EffectMeasure by = EffectMeasure::change;
  double least = 0;  ///< |measure| must be as much
  double fdr = 1;    ///< the q-value of the direct effect at most; below 1, effects without one are left out
  std::int64_t top = 0;  ///< of each lost gene the so many of largest |measure|, equal ones by gene; 0: all
};

/// Rows of lost genes, sparse, in single precision. Entry k of row r is starts[r] ≤ k < starts[r+1].
struct EffectTable {
  /// What a group of cells says of every entry, and of every row.
  struct Group {
    std::vector<float> change;
    std::vector<float> relative;
    std::vector<float> change_sd;      ///< empty of one member
    std::vector<float> both;           ///< cells that express both genes
    std::vector<std::int32_t> cells;   ///< rows: |C_g|
    std::vector<double> set_change;    ///< rows × sets
    std::vector<double> set_relative;  ///< rows × sets
  };

  EffectTable(std::int64_t groups, bool has_q)
      : of_groups(static_cast<std::size_t>(groups)), has_q_values(has_q) {}

  std::int64_t rows() const { return std::ssize(lost); }
  std::int64_t entries() const { return starts.back(); }

  std::vector<std::int32_t> lost;          ///< genes, ascending
  std::vector<std::int64_t> starts = {0};  ///< rows + 1
  std::vector<std::int32_t> genes;         ///< of each entry
  std::vector<Group> of_groups;            ///< all cells first
  std::vector<float> q;                    ///< of each entry: of its direct effect, 1 without one
  bool has_q_values;

  /// A row, without what the filter leaves out. `q_values` are of its direct effects, ascending by gene.
  void add(const EffectRow& row, std::span<const EffectQ> q_values, const EffectFilter& filter);

  double measure(std::size_t entry, EffectMeasure by) const {
    const Group& all = of_groups.front();
    return static_cast<double>(by == EffectMeasure::change ? all.change[entry] : all.relative[entry]);
  }
};

/// Bytes of a table of so many rows and entries while it grows. Local.
double effect_table_bytes(double rows, double entries, const EffectsRequest& request, std::int64_t members,
                          bool has_q_values);

}  // namespace dko
