#include "cell_state.hpp"

#include <Spectra/SymEigsSolver.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "presence_product.hpp"

namespace dko {

namespace {

/// The leading `factors`, at least one. On rank 0, while the others help with the products.
CellState decompose(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells, std::int64_t factors,
                    PresenceProduct& product) {
  CellState state;
  const auto subspace = std::min<std::int64_t>(matrix.genes(), 3 * factors + 10);
  Spectra::SymEigsSolver<PresenceProduct> solver(product, factors, subspace);
  const Eigen::VectorXd start = Eigen::VectorXd::LinSpaced(matrix.genes(), 1.0, 2.0);
  solver.init(start.data());
  constexpr Eigen::Index most_restarts = 1000;
  constexpr double precision = 1e-6;
  const Eigen::Index found = solver.compute(Spectra::SortRule::LargestAlge, most_restarts, precision);
  const Eigen::VectorXd values = solver.eigenvalues();
  const Eigen::MatrixXd vectors = solver.eigenvectors();
  const double count = static_cast<double>(cells.size());
  while (state.factors < std::min<std::int64_t>(found, factors) && values(state.factors) > 1e-6 * count)
    ++state.factors;
  for (Eigen::Index gene = 0; gene < vectors.rows(); ++gene) {
    for (Eigen::Index k = 0; k < state.factors; ++k)
      state.loadings.push_back(vectors(gene, k) * std::sqrt(count / values(k)));
  }
  const auto r = static_cast<std::size_t>(state.factors);
  state.centre.assign(r, 0.0);
  for (const std::int64_t cell : cells) {
    for (const std::int32_t gene : matrix.expressed(cell)) {
      for (std::size_t k = 0; k < r; ++k)
        state.centre[k] += state.loadings[static_cast<std::size_t>(gene) * r + k] / count;
    }
  }
  return state;
}

}  // namespace

std::vector<float> CellState::scores(const ExpressionMatrix& matrix, std::int64_t count) const {
  const auto width = static_cast<std::size_t>(matrix.cells());
  const auto r = static_cast<std::size_t>(factors);
  std::vector<float> all(static_cast<std::size_t>(count) * width);
  if (count == 0) return all;
  std::vector<double> scores(static_cast<std::size_t>(count));
  for (std::size_t cell = 0; cell < width; ++cell) {
    for (std::size_t k = 0; k < scores.size(); ++k) scores[k] = -centre[k];
    for (const std::int32_t gene : matrix.expressed(static_cast<std::int64_t>(cell))) {
      const double* of_gene = &loadings[static_cast<std::size_t>(gene) * r];
      for (std::size_t k = 0; k < scores.size(); ++k) scores[k] += of_gene[k];
    }
    for (std::size_t k = 0; k < scores.size(); ++k) all[k * width + cell] = static_cast<float>(scores[k]);
  }
  return all;
}

std::vector<float> covariate_columns(const ExpressionMatrix& matrix) {
  std::vector<float> columns;
  for (std::size_t k = 0; k < static_cast<std::size_t>(matrix.covariate_width()); ++k) {
    for (std::int64_t cell = 0; cell < matrix.cells(); ++cell)
      columns.push_back(static_cast<float>(matrix.covariates(cell)[k]));
  }
  return columns;
}

CellState principal_components(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells,
                               std::int64_t factors, const Communicator& communicator) {
  CellState state;
  PresenceProduct product(matrix, cells, communicator);
  const auto most = std::min<std::int64_t>(matrix.genes(), std::ssize(cells)) - 1;
  factors = std::min(factors, most / 2);
  if (factors < 1 || !product.varies()) return state;
  if (communicator.is_root()) {
    state = decompose(matrix, cells, factors, product);
    product.finish();
  } else {
    product.help();
  }
  communicator.broadcast(state.factors);
  communicator.broadcast(state.loadings);
  communicator.broadcast(state.centre);
  return state;
}

}  // namespace dko
