#include "dko/evaluation/perturbed/perturbed_source.hpp"

#include <algorithm>

#include "dko/base/numbers.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/cell_table.hpp"
#include "dko/expression/selection.hpp"
#include "dko/system/available_memory.hpp"

namespace dko {

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
  return gene_visibility(matrix, numbers_below<std::int64_t>(matrix.cells()));
}

std::vector<double> depths_of(const ExpressionMatrix& matrix) {
  std::vector<double> depths;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) depths.push_back(matrix.sum(cell));
  return depths;
}

}  // namespace

PerturbationInput read_perturbed(const PerturbedSource& source, const ExpressionMatrix& matrix,
                                 const Model& model, const std::string& model_path, Log& log) {
  ReadOptions read = source.read;
  read.memory = available_memory();
  const ExpressionMatrix all = read_expression(source.path, read, log);
  const CellColumn column = column_of_cells(source.by, all, source.path,
                                            has_cell_columns(source.path) ? std::string() : source.obs_file);
  PerturbationInput found{divide_cells(select_genes(all, model.genes, source.path, model_path, log), column,
                                       source.control, source.path),
                          visibility_of(matrix, model), depths_of(matrix)};
  warn_of_labels(found.cells, source.path, log);
  return found;
}

std::vector<std::int32_t> genes_of_targets(const PerturbedCells& cells) {
  std::vector<std::int32_t> genes;
  for (const Perturbation& target : cells.targets) genes.push_back(target.gene);
  return genes;
}

}  // namespace dko
