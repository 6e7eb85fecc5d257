#pragma once
// Reading the cells of a real perturbation experiment.

#include <string>

#include "dko/base/log.hpp"
#include "dko/evaluation/perturbed/perturbation_evaluation.hpp"
#include "dko/expression/reader.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

/// Where control and perturbed cells are.
struct PerturbedSource {
  std::string path;      ///< of their expression data
  std::string by;        ///< column of the cells that says which gene was perturbed
  std::string control;   ///< label of the unperturbed cells in it
  ReadOptions read;      ///< its memory is not used
  std::string obs_file;  ///< table with that column, if the data have no columns
};

/// Reads the perturbed cells for the genes of the model, and warns of labels that are left out. Visibility
/// and depths are those of `matrix`, the unperturbed cells (expression, not shares); visibility is the
/// model's if it has it. Local: rank 0. @throws as read_expression, select_genes, column_of_cells and
/// divide_cells
PerturbationInput read_perturbed(const PerturbedSource& source, const ExpressionMatrix& matrix,
                                 const Model& model, const std::string& model_path, Log& log);

/// The perturbed genes. Local.
std::vector<std::int32_t> genes_of_targets(const PerturbedCells& cells);

}  // namespace dko
