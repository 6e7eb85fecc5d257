#pragma once
// Tables of effects and of sets, as CSV.

#include <cstdint>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/base/names.hpp"
#include "dko/results/effects/effect_table.hpp"

namespace dko {

/// One entry of a table: of which row, and its place.
struct EffectEntry {
  std::size_t row = 0;
  std::size_t at = 0;
};

/// The `count` entries of largest |measure| of each lost gene, gene by gene. Local.
std::vector<EffectEntry> top_targets(const EffectTable& table, EffectMeasure by, std::int64_t count);
/// The same of each gene that changes: by what it changes most. In the order of these genes. Local.
std::vector<EffectEntry> top_regulators(const EffectTable& table, EffectMeasure by, std::int64_t count);
/// The `count` largest of all. Local.
std::vector<EffectEntry> top_effects(const EffectTable& table, EffectMeasure by, std::int64_t count);

/// What a list tells first, and counts ranks of.
enum class EffectsOf { lost, changed };

/// What a loss does to a set of genes: the row, and the number of the set.
struct SetChange {
  std::size_t row = 0;
  std::size_t set = 0;
};

/// The `count` of largest |measure| over all cells, of every lost gene and every one of so many sets; equal
/// ones in the order of rows, then sets. Sets that a loss does not change are not among them. Local.
std::vector<SetChange> top_set_changes(const EffectTable& table, std::size_t sets, EffectMeasure by,
                                       std::int64_t count);

/// How many genes a set of `members`, ascending, has beside the lost one. Local.
std::int64_t genes_left(const std::vector<std::int32_t>& members, std::int32_t lost);

/// Writes gene_lost,rank,gene (or gene,rank,gene_lost), then change, relative, cells (that express both),
/// change_sd of an ensemble and q where the model has q-values. Local. @throws IoError
void write_effect_list(const EffectTable& table, std::span<const EffectEntry> entries, EffectsOf first,
                       const Names& genes, CsvWriter& csv);

/// Writes gene_lost,set,genes,cells,change,relative for every set and lost gene: genes are those of the set
/// but the lost one. With labels also group, which is empty for all cells. Local. @throws IoError
void write_set_list(const EffectTable& table, const Names& set_names,
                    const std::vector<std::vector<std::int32_t>>& sets, const Names& genes,
                    const Names& labels, CsvWriter& csv);

}  // namespace dko
