#include "input.hpp"

#include <fmt/format.h>

#include <boost/program_options/value_semantic.hpp>

#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/system/available_memory.hpp"

namespace dko::app {

namespace po = boost::program_options;

namespace {

Orientation orientation_named(const std::string& name) {
  if (name == "genes-x-cells") return Orientation::genes_by_cells;
  if (name == "cells-x-genes") return Orientation::cells_by_genes;
  throw UsageError(fmt::format("--orientation must be genes-x-cells or cells-x-genes, not '{}'", name));
}

void add_reading(CommandLine& line, ReadOptions& options) {
  line.add()("layer", po::value(&options.layer)->value_name("NAME"),
             "of an h5ad: this layer instead of X, such as counts")("raw", po::bool_switch(&options.raw),
                                                                    "of an h5ad: raw instead of X")(
      "genome", po::value(&options.genome)->value_name("NAME"), "of a 10x HDF5 file: only this genome")(
      "orientation",
      po::value<std::string>()
          ->value_name("genes-x-cells|cells-x-genes")
          ->notifier([&options](const std::string& name) { options.orientation = orientation_named(name); }),
      "of text and MatrixMarket: what is a row and what a column; default: rows are genes");
}

void add_selection(CommandLine& line, Selection& options) {
  line.add()("cells", po::value(&options.cells)->value_name("LIST"),
             "use only these cells: a file with one name or number a line, or names with commas between")(
      "where", po::value(&options.where)->value_name("COLUMN=VALUE")->composing(),
      "use only cells of which a column of the h5ad's obs says so: COLUMN=VALUE, A|B for either, !=, and < "
      "<= > "
      ">= for numbers; may be given again")("min-genes", po::value(&options.min_genes)->value_name("G"),
                                            "use only cells that express G genes or more")(
      "min-cells", po::value(&options.min_cells)->value_name("C"),
      "use only genes that C or more of these cells express")(
      "genes", po::value(&options.genes)->value_name("LIST"),
      "use only these genes, by name or accession, as --cells")(
      "top-genes", po::value(&options.top_genes)->value_name("N"),
      "use only the N most variable of these genes, by normalised dispersion (Zheng et al. 2017)");
}

}  // namespace

void add_input_options(CommandLine& line, InputOptions& options) {
  add_reading(line, options.read);
  add_selection(line, options.selection);
}

void add_input(CommandLine& line, InputOptions& options) {
  line.add_positional("INPUT", options.path);
  add_input_options(line, options);
}

void check_input_options(const InputOptions& options) {
  constexpr double most = 1e9;
  require_between("--min-genes", static_cast<double>(options.selection.min_genes), 0, most);
  require_between("--min-cells", static_cast<double>(options.selection.min_cells), 0, most);
  require_between("--top-genes", static_cast<double>(options.selection.top_genes), 0, most);
}

Selected read_input(const InputOptions& options, Log& log) {
  ReadOptions read = options.read;
  read.memory = available_memory();
  Selected selected = select(read_expression(options.path, read, log), options.selection, options.path, log);
  warn_of_unusual(selected.matrix, options.path, log);
  return selected;
}

ExpressionMatrix load_input(const InputOptions& options, Job& job) {
  Selected selected = read_input(options, job.log);
  job.provenance.input = options.path;
  job.provenance.input_checksum = selected.matrix.checksum();
  job.provenance.selection = std::move(selected.description);
  return std::move(selected.matrix);
}

ExpressionMatrix load_input(const InputOptions& options, const Model& model, const std::string& model_path,
                            Job& job) {
  ExpressionMatrix matrix = load_input(options, job);
  job.provenance.model_checksum = model.provenance.model_checksum;
  if (matrix.gene_names() == model.genes) return matrix;
  const std::string chosen =
      fmt::format("the {} of {}", counted(std::ssize(model.genes), "gene"), model_path);
  job.log.info("{}: {}, of {}", options.path, chosen, with_thousands(matrix.genes()));
  matrix = select_genes(matrix, model.genes, options.path, model_path);
  job.provenance.input_checksum = matrix.checksum();
  job.provenance.selection += (job.provenance.selection.empty() ? "" : "; ") + chosen;
  return matrix;
}

}  // namespace dko::app
