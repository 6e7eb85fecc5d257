#pragma once

#include <string>

#include "dko/base/output_file.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/results/screen_file/screen_reader.hpp"

namespace dko {

/// What the attributes of the root group identify the file by: of knockouts, and of activations.
inline constexpr hdf5::FileKind anndata_export_kind{"dko single knockouts", 1};
inline constexpr hdf5::FileKind anndata_activations_kind{"dko single activations", 1};

/// Approximate file size in bytes. The screen must have singles.
double anndata_export_bytes(const ScreenReader& screen);

/// Writes the single knockouts of a screen as an AnnData file, cells × genes:
///
/// * X: the impact (where it is not stored the network, or the shift), and in layers what else is stored of
/// singles,
///   csr_matrix of float32 with an entry for every knockout, also where the score is 0;
/// * obs: n_genes (expressed, where the screen has it), n_knockouts, the mean over the cell's knockouts of
///   each NAME stored as NAME_mean, and strongest, the gene with the highest X ("" in a cell without
///   knockouts); and the columns of the cells that the screen keeps (obs_NAME if NAME is one of these
///   already);
/// * var: gene_ids, n_cells (in which it was knocked out), NAME_mean and NAME_sd over these cells (the sample
///   standard deviation; of deviations over members the mean alone), and rank by the mean of X, 1 the
///   highest, equal ones in the order of genes; NaN where there are too few cells; where the screen has them,
///   information and not_visible, the reason ("" for a visible gene; visibility.hpp). Where X is the network,
///   genes that are not visible come last in rank, and are strongest only where no other gene is;
/// * uns/dko: what is in X, the provenance of the screen, and `command`, the command line of the export.
///
/// Writes the same of the activations of a screen that switches genes on, an entry for every such gene of a
/// cell: n_activations in place of n_knockouts, `activation_` before the names of layers, of NAME_mean and
/// NAME_sd, of n_cells, rank and strongest, and before what uns/dko has as X; and in uns/dko activation, 1.
///
/// Scores are copied in blocks; beside what `screen` holds, memory is some numbers a cell and gene. Gives the
/// file its name. The screen must have singles. Local. @throws IoError
void write_anndata(OutputFile& output, const ScreenReader& screen, const std::string& command);

}  // namespace dko
