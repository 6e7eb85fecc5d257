#include "perturbed_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "dko/base/text.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/system/available_memory.hpp"
#include "dko/workflow/visibility_notes.hpp"

namespace dko::app {

namespace {

void warn_of_labels(const PerturbedCells& cells, const std::string& path, Log& log) {
  if (!cells.no_genes.empty())
    log.warn("{}: {} left out, which name no gene of the model: {}", path,
             counted(std::ssize(cells.no_genes), "label"), some_names(cells.no_genes));
  if (!cells.too_few.empty())
    log.warn("{}: {} left out, with fewer than {} cells: {}", path,
             counted(std::ssize(cells.too_few), "target"), fewest_cells_of_target, some_names(cells.too_few));
}

std::vector<GeneVisibility> visibility_of(const ExpressionMatrix& matrix, const Model& model) {
  if (!model.visibility.empty()) return model.visibility;
  std::vector<std::int64_t> cells(static_cast<std::size_t>(matrix.cells()));
  std::iota(cells.begin(), cells.end(), 0);
  return gene_visibility(matrix, cells);
}

std::vector<double> depths_of(const ExpressionMatrix& matrix) {
  std::vector<double> depths;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) depths.push_back(matrix.sum(cell));
  return depths;
}

}  // namespace

void add_perturbed_cells(CommandLine& line, PerturbedOptions& options) {
  line.option("perturbed", options.path, "FILE",
              "expression of control and really perturbed cells, in any format of INPUT; needs --model")
      .usual()
      .reads();
  line.option("by", options.by, "COLUMN",
              "its column (of obs, or of --obs-file) that says which gene was perturbed in a cell")
      .usual();
  line.option("control", options.control, "LABEL", "what that column says of control cells").usual();
}

PerturbationInput read_perturbed(const PerturbedOptions& options, const InputOptions& input,
                                 const ExpressionMatrix& matrix, const Model& model,
                                 const std::string& model_path, Log& log) {
  ReadOptions read = input.read;
  read.memory = available_memory();
  const ExpressionMatrix all = read_expression(options.path, read, log);
  const bool has_columns = has_cell_columns(options.path);
  const CellColumn column =
      column_of_cells(options.by, all, options.path, has_columns ? std::string() : input.selection.obs_file);
  PerturbationInput found{divide_cells(select_genes(all, model.genes, options.path, model_path, log), column,
                                       options.control, options.path),
                          visibility_of(matrix, model), depths_of(matrix)};
  warn_of_labels(found.cells, options.path, log);
  std::vector<std::int32_t> targets;
  for (const Perturbation& target : found.cells.targets) targets.push_back(target.gene);
  warn_of_invisible(targets, model.genes, found.visibility, log);
  return found;
}

}  // namespace dko::app
