#include "input.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/system/available_memory.hpp"

namespace dko::app {

namespace {

void add_reading(CommandLine& line, ReadOptions& options) {
  line.group("Reading INPUT");
  line.option("layer", options.layer, "NAME", "of an h5ad: this layer instead of X, such as counts").usual();
  line.flag("raw", options.raw, "of an h5ad: raw instead of X").excludes("layer");
  line.option("genome", options.genome, "NAME", "of a 10x HDF5 file: only this genome");
  line.choice<Orientation>(
      "orientation", options.orientation,
      {{"genes-x-cells", Orientation::genes_by_cells}, {"cells-x-genes", Orientation::cells_by_genes}},
      "of text and MatrixMarket: what is a row and what a column; default: of text genes-x-cells, of "
      "MatrixMarket as the lengths of its lists say");
}

void add_selection(CommandLine& line, Selection& options) {
  constexpr double most = 1e9;
  line.group("Choosing cells and genes");
  line.option("cells", options.cells, "LIST",
              "use only these cells: a file with one name a line, or names with commas between; #7 is cell "
              "number 7, from 0")
      .reads();
  line.option("where", options.where, "COLUMN=VALUE",
              "use only cells of which a column of the h5ad's obs (or of --obs-file) says so: COLUMN=VALUE, "
              "A|B for either, !=, "
              "and < <= > >= for numbers; \"A|B\" in quotes is one value; may be given again");
  line.option("obs-file", options.obs_file, "TABLE",
              "columns of the cells where the data have none: CSV or TSV, first the cells' names")
      .reads();
  line.option("min-genes", options.min_genes, "G", "use only cells that express G genes or more")
      .range(0, most);
  line.option("min-cells", options.min_cells, "C", "use only genes that C or more of these cells express")
      .range(0, most);
  line.option("genes", options.genes, "LIST", "use only these genes, by name or accession, as --cells")
      .reads();
  line.option("top-genes", options.top_genes, "N",
              "use only the N most variable of these genes, by normalised dispersion (Zheng et al. 2017); "
              "0: all")
      .range(0, most)
      .usual();
  line.flag("ignore-missing", options.ignore_missing,
            "go on, with a warning, without the names that a list has and the data lack");
}

}  // namespace

namespace {

std::string uses_of_table(const TableUse& use) {
  std::string uses = "--obs-file is for --where";
  for (const std::string& option : use.options) uses += fmt::format(" and --{}", option);
  return uses;
}

}  // namespace

void add_input_options(CommandLine& line, InputOptions& options, const TableUse& use) {
  add_reading(line, options.read);
  add_selection(line, options.selection);
  options.table = use;
  line.check([&options](const CommandLine& parsed) {
    const TableUse& may = options.table;
    options.table_is_used =
        parsed.given("where") || std::any_of(may.options.begin(), may.options.end(),
                                             [&](const std::string& option) { return parsed.given(option); });
    const bool has_model = may.model == TableUse::Model::required ||
                           (may.model == TableUse::Model::optional && parsed.given("model"));
    if (parsed.given("obs-file") && !options.table_is_used && !has_model)
      throw UsageError(uses_of_table(may));
  });
}

void add_input(CommandLine& line, InputOptions& options, const TableUse& use) {
  line.argument("INPUT", options.path);
  add_input_options(line, options, use);
}

namespace {

/// Rank 0's data, with its covariates: those that are asked for, or those of a model.
struct Loaded {
  ExpressionMatrix matrix;
  std::string description;
};

Loaded load(const InputOptions& options, const Covariates* of_model, const std::string& model_path,
            Log& log) {
  ReadOptions read = options.read;
  read.memory = available_memory();
  const ExpressionMatrix all = read_expression(options.path, read, log);
  Selected selected = select(all, options.selection, options.path, log);
  warn_of_unusual(selected.matrix, options.path, log);
  if (of_model == nullptr && options.covariates.empty())
    return {std::move(selected.matrix), std::move(selected.description)};
  const std::filesystem::path path = options.path;
  const ChosenColumns columns(all, selected.cells, path, options.selection.obs_file);
  Covariates covariates = of_model != nullptr ? *of_model : find_covariates(options.covariates, columns, log);
  std::vector<double> values =
      covariate_values(covariates, columns, of_model != nullptr ? model_path : parameter("covariate"));
  return {selected.matrix.with_covariates(std::move(covariates), std::move(values)),
          std::move(selected.description)};
}

void note(const InputOptions& options, Loaded& loaded, Job& job) {
  job.provenance.input = options.path;
  job.provenance.input_checksum = loaded.matrix.checksum();
  job.provenance.selection = std::move(loaded.description);
  job.provenance.covariates = text_of(loaded.matrix.covariate_kinds());
  job.provenance.covariates_checksum = loaded.matrix.covariates_checksum();
}

}  // namespace

Selected read_input(const InputOptions& options, Log& log) {
  ReadOptions read = options.read;
  read.memory = available_memory();
  Selected selected = select(read_expression(options.path, read, log), options.selection, options.path, log);
  warn_of_unusual(selected.matrix, options.path, log);
  return selected;
}

ExpressionMatrix load_input(const InputOptions& options, Job& job) {
  Loaded loaded = load(options, nullptr, {}, job.log);
  note(options, loaded, job);
  return std::move(loaded.matrix);
}

ExpressionMatrix load_input(const InputOptions& options, const Model& model, const std::string& model_path,
                            Job& job) {
  const bool has_covariates = !model.covariates.empty();
  if (!options.selection.obs_file.empty() && !options.table_is_used && !has_covariates)
    throw UsageError(fmt::format("{}, and for the covariates of a model; {} has none",
                                 uses_of_table(options.table), model_path));
  Loaded loaded = load(options, has_covariates ? &model.covariates : nullptr, model_path, job.log);
  note(options, loaded, job);
  ExpressionMatrix matrix = std::move(loaded.matrix);
  job.provenance.model_checksum = model.provenance.model_checksum;
  job.provenance.prior = model.provenance.prior;
  if (matrix.gene_names() == model.genes) return matrix;
  const std::string chosen =
      fmt::format("the {} of {}", counted(std::ssize(model.genes), "gene"), model_path);
  job.log.info("{}: {}, of {}", options.path, chosen, with_thousands(matrix.genes()));
  matrix = select_genes(matrix, model.genes, options.path, model_path, job.log);
  job.provenance.input_checksum = matrix.checksum();
  job.provenance.selection += (job.provenance.selection.empty() ? "" : "; ") + chosen;
  return matrix;
}

}  // namespace dko::app
