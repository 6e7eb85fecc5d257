#pragma once

#include <string>
#include <vector>

#include "dko/base/names.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/provenance.hpp"
#include "dko/expression/gene_sets.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/visibility.hpp"
#include "dko/results/effects/effect_table.hpp"

namespace dko {

/// What the attributes of the root group say of it.
inline constexpr hdf5::FileKind effects_kind{"dko effects", 1};

/// What the file says beside the table.
struct EffectsNotes {
  Names genes;
  Names gene_ids;
  std::vector<GeneVisibility> visibility;  ///< of each gene; empty: not known
  std::vector<double> gene_q_values;       ///< of each gene's network; empty: not computed
  std::string group_by;                    ///< column of the cells; empty: none
  Names labels;                            ///< of the groups after the first
  std::vector<GeneSet> sets;
  std::int64_t members = 1;
  Base base = Base::fitted;
  EffectFilter filter;
  Provenance provenance;
};

/// Names of the layers, "change", "relative", "cells" and "change_sd", of a label: "change_LABEL". A slash in
/// it becomes "|", for HDF5 has no such names. @throws InputError if two labels then are one, with `group_by`
Names layer_labels(const Names& labels, const std::string& group_by);

/// Approximate size in bytes of so many lost genes and entries, with q-values where the genes have such.
/// Local.
double effects_file_bytes(double rows, double entries, const EffectsNotes& notes);

/// Writes an AnnData file, genes lost × all genes:
///
/// * X: the mean change beyond rescaling (EffectRow::change), csr_matrix of float32 with the entries of the
/// table;
///   in layers relative, cells (which express both), of an ensemble change_sd, and where the mapping has them
///   q, the q-value of the direct effect (1 without one): an entry that is not stored is no effect, not q 0;
/// * with groups the layers change_LABEL, relative_LABEL, cells_LABEL, change_sd_LABEL;
/// * obs: gene_ids, n_cells (which lose the gene), n_cells_LABEL, n_targets, strongest (the target of the
/// largest
///   |change|, "" for none) and strongest_change; var: gene_ids, n_regulators, strongest and
///   strongest_change; both: information and not_visible, the reason ("" for a visible gene), and q, that of
///   the gene's network;
/// * with sets obsm/gene_sets and gene_sets_relative, gene_sets_LABEL and so on: lost genes × sets, float64;
/// their
///   names in uns/gene_sets, with uns/gene_sets_genes and gene_sets_unknown, how many genes of each are known
///   and not;
/// * uns/dko: provenance, what was left out, the column of groups and its labels.
///
/// Writes the partial file; the caller commits it. Local. @throws IoError
void write_effects_file(const OutputFile& output, const EffectTable& table, const EffectsNotes& notes);

}  // namespace dko
