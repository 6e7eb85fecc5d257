#include "input.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dko/base/error.hpp"

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
              "and < <= > >= for numbers; \"A|B\" in quotes is one value; gene:NAME>2 (or another number and "
              "comparison): that express a gene so; may be given again");
  line.option("obs-file", options.obs_file, "TABLE",
              "columns of the cells that the data do not have: CSV or TSV, first the cells' names; beside an "
              "h5ad with columns of its own the titles must be others")
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
  line.option(
          "with-genes", options.with_genes, "LIST",
          "beside --min-cells, --genes and --top-genes: keep these genes in any case, as --genes takes them")
      .reads();
  line.check([&options](const CommandLine&) {
    if (!options.with_genes.empty() && options.min_cells == 0 && options.genes.empty() &&
        options.top_genes == 0)
      throw UsageError(
          "--with-genes adds to what --top-genes, --min-cells or --genes choose; without them all genes are "
          "used");
  });
  line.flag("ignore-missing", options.ignore_missing,
            "go on, with a warning, without the names that a list has and the data lack");
}

}  // namespace

void add_input_options(CommandLine& line, InputOptions& options, const TableUse& use) {
  add_reading(line, options.read);
  add_selection(line, options.selection);
  options.table = use;
  line.check([&options](const CommandLine& parsed) {
    const TableUse& may = options.table;
    options.table_is_used = may.is_kept || parsed.given("where") ||
                            std::any_of(may.options.begin(), may.options.end(),
                                        [&](const std::string& option) { return parsed.given(option); });
    const bool has_model = may.model == TableUse::Model::required ||
                           (may.model == TableUse::Model::optional && parsed.given("model"));
    if (parsed.given("obs-file") && !options.table_is_used && !has_model) throw UsageError(text_of(may));
  });
}

void add_input(CommandLine& line, InputOptions& options, const TableUse& use) {
  line.argument("INPUT", options.path);
  add_input_options(line, options, use);
}

std::optional<std::string> given_of(const ReadOptions& read) {
  if (!read.layer.empty()) return "layer";
  if (read.raw) return "raw";
  if (!read.genome.empty()) return "genome";
  if (read.orientation) return "orientation";
  return std::nullopt;
}

}  // namespace dko::app
