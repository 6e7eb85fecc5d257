#pragma once
// The expression data of a command: its file, how to read it, and which part of it to use.

#include <string>

#include "common_options.hpp"
#include "dko/expression/matrix.hpp"
#include "dko/expression/reader.hpp"
#include "dko/expression/selection.hpp"
#include "dko/mapping/model.hpp"
#include "dko/workflow/job.hpp"

namespace dko::app {

struct InputOptions {
  std::string path;
  ReadOptions read;
  Selection selection;
};

/// What INPUT may be, for help texts.
constexpr auto input_formats =
    "INPUT is an AnnData file (h5ad), a 10x HDF5 file, a MatrixMarket folder or file, or CSV or TSV of genes "
    "× cells.";

/// --layer, --raw, --genome, --orientation, and --cells, --where, --obs-file, --min-genes, --min-cells,
/// --genes, --top-genes. `labels`: an option of the command, beside --where, that --obs-file is for.
void add_input_options(CommandLine& line, InputOptions& options, const std::string& labels = {});
/// The positional argument INPUT and all those.
void add_input(CommandLine& line, InputOptions& options, const std::string& labels = {});

/// Reads the data and chooses cells and genes. Local. @throws as read_expression and select
Selected read_input(const InputOptions& options, Log& log);

/// The same, and notes both in the provenance. Local: rank 0.
ExpressionMatrix load_input(const InputOptions& options, Job& job);

/// The same for a model, of its genes in its order: the data may have more. Notes the model's checksum too.
/// @throws InputError also if the data lacks some of the model's genes.
ExpressionMatrix load_input(const InputOptions& options, const Model& model, const std::string& model_path,
                            Job& job);

}  // namespace dko::app
