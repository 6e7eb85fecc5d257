#pragma once
// The perturbed cells of dko evaluate: its options, and reading.

#include <string>

#include "app/options/input.hpp"
#include "dko/evaluation/perturbed/perturbation_evaluation.hpp"

namespace dko::app {

struct PerturbedOptions {
  std::string path;
  std::string by;       ///< column of the cells
  std::string control;  ///< label of the unperturbed cells in it
};

/// --perturbed, --by and --control.
void add_perturbed_cells(CommandLine& line, PerturbedOptions& options);

/// Reads the perturbed cells as `input` says, for the genes of the model, and warns of labels that are no
/// genes of it and of targets that cannot be seen. `matrix` is INPUT. Local: rank 0. @throws as
/// read_expression, select_genes, column_of_cells and divide_cells
PerturbationInput read_perturbed(const PerturbedOptions& options, const InputOptions& input,
                                 const ExpressionMatrix& matrix, const Model& model,
                                 const std::string& model_path, Log& log);

}  // namespace dko::app
