#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dko/expression/cell_column.hpp"
#include "dko/expression/matrix.hpp"

namespace dko {

/// Groups of fewer cells are not compared.
inline constexpr std::int64_t fewest_cells_of_target = 10;

/// The cells in which one gene was really perturbed.
struct Perturbation {
  std::string label;
  std::int32_t gene = 0;  ///< of the data
  std::vector<std::int64_t> cells;
};

/// Perturbed and control cells of one experiment. Cells that express none of the genes are in neither.
struct PerturbedCells {
  ExpressionMatrix data;  ///< expression, not shares
  std::vector<std::int64_t> control;
  std::vector<Perturbation> targets;  ///< by gene, ascending
  Names no_genes;                     ///< labels that name no gene of the data
  Names too_few;                      ///< labels of fewer cells than fewest_cells_of_target
  std::int64_t unlabelled = 0;        ///< cells without a label
  std::int64_t empty = 0;             ///< cells that express none of the genes
};

/// Divides the cells of `data` by what `column` says of each: `control`, or the name or accession of the gene
/// that was perturbed. `path` is for messages. Local.
/// @throws InputError if too few cells are `control`, a label names several genes, two labels one gene, or no
///         label a gene with enough cells
PerturbedCells divide_cells(ExpressionMatrix data, const CellColumn& column, const std::string& control,
                            const std::string& path);

}  // namespace dko
