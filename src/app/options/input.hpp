#pragma once
// The options of a command's expression data: its file, how to read it, and which part of it to use.

#include <optional>
#include <string>

#include "common_options.hpp"
#include "dko/workflow/input_data.hpp"

namespace dko::app {

/// What INPUT may be, for help texts.
constexpr auto input_formats =
    "INPUT is an AnnData file (h5ad), a 10x HDF5 file, a MatrixMarket folder or file, or CSV or TSV of genes "
    "× cells.";

/// --layer, --raw, --genome, --orientation, and --cells, --where, --obs-file, --min-genes, --min-cells,
/// --genes, --top-genes, --with-genes.
void add_input_options(CommandLine& line, InputOptions& options, const TableUse& use = {});
/// The positional argument INPUT and all those.
void add_input(CommandLine& line, InputOptions& options, const TableUse& use = {});

/// An option of reading expression that is set.
std::optional<std::string> given_of(const ReadOptions& read);

}  // namespace dko::app
