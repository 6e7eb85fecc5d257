#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/parallel/communicator.hpp"

namespace dko {

/// The leading principal components of presence over `cells`, centred by gene.
struct CellState {
  std::int64_t factors = 0;
  std::vector<double> loadings;  ///< N × factors by rows: V, scaled so that the scores have variance 1
  std::vector<double> centre;    ///< factors: mean of Vᵀz over the cells

  /// Scores Vᵀz − centre of all cells of the matrix in the first `count` factors: count × C by rows.
  std::vector<float> scores(const ExpressionMatrix& matrix, std::int64_t count) const;
};

/// Covariates of all cells as columns: covariate_width() × C by rows. Local.
std::vector<float> covariate_columns(const ExpressionMatrix& matrix);

/// At most `factors` of them, fewer where cells or genes do not carry as many: the same on all ranks, and the
/// same bits on any number of them. Collective.
CellState principal_components(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                               std::int64_t factors, const Communicator& communicator);

}  // namespace dko
