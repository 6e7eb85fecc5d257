#include "cell_state.hpp"

#include <Spectra/SymEigsSolver.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace dko {

namespace {

/// v → Zᵀ(Z v) of centred presence Z (cells × genes), kept sparse.
class PresenceProduct {
 public:
  using Scalar = double;

  PresenceProduct(const ExpressionMatrix& matrix, std::span<const std::int64_t> cells)
      : matrix_(matrix), cells_(cells), mean_(Eigen::VectorXd::Zero(matrix.genes())) {
    for (const std::int64_t cell : cells) {
      for (const std::int32_t gene : matrix.expressed(cell)) mean_(gene) += 1;
    }
    mean_ /= static_cast<double>(cells.size());
  }

  /// Whether presence varies between the cells at all; if not, there is nothing to decompose.
  bool varies() const { return (mean_.array() * (1 - mean_.array())).sum() > 1e-9; }

  Eigen::Index rows() const { return mean_.size(); }
  Eigen::Index cols() const { return mean_.size(); }

  void perform_op(const double* in, double* out) const {
    const Eigen::Map<const Eigen::VectorXd> v(in, rows());
    Eigen::Map<Eigen::VectorXd> product(out, rows());
    product.setZero();
    const double of_mean = mean_.dot(v);
    double total = 0;
    for (const std::int64_t cell : cells_) {
      double score = -of_mean;
      for (const std::int32_t gene : matrix_.expressed(cell)) score += v(gene);
      for (const std::int32_t gene : matrix_.expressed(cell)) product(gene) += score;
      total += score;
    }
    product -= total * mean_;
  }

 private:
  const ExpressionMatrix& matrix_;
  std::span<const std::int64_t> cells_;
  Eigen::VectorXd mean_;
};

}  // namespace

std::vector<float> CellState::scores(const ExpressionMatrix& matrix, std::int64_t count) const {
  const auto width = static_cast<std::size_t>(matrix.cells());
  const auto r = static_cast<std::size_t>(factors);
  std::vector<float> all(static_cast<std::size_t>(count) * width);
  for (std::size_t k = 0; k < static_cast<std::size_t>(count); ++k) {
    for (std::size_t cell = 0; cell < width; ++cell) {
      double score = -centre[k];
      for (const std::int32_t gene : matrix.expressed(static_cast<std::int64_t>(cell)))
        score += loadings[static_cast<std::size_t>(gene) * r + k];
      all[k * width + cell] = static_cast<float>(score);
    }
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
                               std::int64_t factors) {
  CellState state;
  PresenceProduct product(matrix, cells);
  const auto most = std::min<std::int64_t>(matrix.genes(), std::ssize(cells)) - 1;
  factors = std::min(factors, most / 2);
  if (factors < 1 || !product.varies()) return state;
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

}  // namespace dko
