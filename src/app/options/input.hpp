#pragma once
// The expression data of a command: its file, how to read it, and which part of it to use.

#include <string>

#include "common_options.hpp"
#include "dko/expression/covariates.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/expression/reader.hpp"
#include "dko/expression/selection.hpp"
#include "dko/mapping/model.hpp"
#include "dko/workflow/job.hpp"

namespace dko::app {

/// What --obs-file is for, beside --where.
struct TableUse {
  /// A model whose covariates are looked up in it, which are known once it is read.
  enum class Model { none, optional, required };

  Names options = {};  ///< of the command, by name
  Model model = Model::none;
};

struct InputOptions {
  std::string path;
  ReadOptions read;
  Selection selection;
  CovariateRequest covariates;  ///< of a mapping to be trained
  TableUse table;
  bool table_is_used = false;  ///< by --where, or an option
};

/// What INPUT may be, for help texts.
constexpr auto input_formats =
    "INPUT is an AnnData file (h5ad), a 10x HDF5 file, a MatrixMarket folder or file, or CSV or TSV of genes "
    "× cells.";

/// --layer, --raw, --genome, --orientation, and --cells, --where, --obs-file, --min-genes, --min-cells,
/// --genes, --top-genes.
void add_input_options(CommandLine& line, InputOptions& options, const TableUse& use = {});
/// The positional argument INPUT and all those.
void add_input(CommandLine& line, InputOptions& options, const TableUse& use = {});

/// Reads the data and chooses cells and genes. Local. @throws as read_expression and select
Selected read_input(const InputOptions& options, Log& log);

/// The same with the covariates that are asked for, and notes all in the provenance. Local: rank 0.
/// @throws as find_covariates
ExpressionMatrix load_input(const InputOptions& options, Job& job);

/// The same for a model, of its genes in its order, with its covariates: the data may have more. Notes the
/// model's checksum too.
/// @throws InputError also if the data lacks some of the model's genes, or covariates, or has categories that
///         the model does not know; UsageError for a table of cells that nothing needs
ExpressionMatrix load_input(const InputOptions& options, const Model& model, const std::string& model_path,
                            Job& job);

}  // namespace dko::app
