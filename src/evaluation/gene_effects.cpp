#include "dko/evaluation/gene_effects.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "dko/knockout/kernels/ensemble_kernel.hpp"

namespace dko {

namespace {

using Matrix = Eigen::MatrixXd;

/// Sums over cells: of q' − r, and of r.
struct EffectSum {
  GenePairs change;
  GenePairs renormalised;
};

/// Adds the loss of the gene at `position` of a loaded cell.
void add_loss(EnsembleKernel& kernel, std::span<const std::int32_t> expressed, std::span<const double> before,
              std::int32_t position, EffectSum& sum) {
  const std::vector<double> after = kernel.profile_after(std::span(&position, 1));
  const double rest = 1 - before[static_cast<std::size_t>(position)];
  if (!(rest > 0)) return;
  const std::int32_t lost = expressed[static_cast<std::size_t>(position)];
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    const double renormalised = before[at] / rest;
    if (static_cast<std::int32_t>(at) == position || !(renormalised > 0)) continue;
    sum.change.at(lost, expressed[at]) += after[at] - renormalised;
    sum.renormalised.at(lost, expressed[at]) += renormalised;
  }
}

/// Values, cells × genes, each column centred and of length 1; 0 where it does not vary.
Matrix standardised(const ExpressionMatrix& data) {
  Matrix values = Matrix::Zero(data.cells(), data.genes());
  for (std::int64_t cell = 0; cell < data.cells(); ++cell) {
    const auto genes = data.expressed(cell);
    const auto of_cell = data.values(cell);
    for (std::size_t at = 0; at < genes.size(); ++at)
      values(cell, genes[at]) = static_cast<double>(of_cell[at]);
  }
  constexpr double rounding = 1e-12;
  for (Eigen::Index gene = 0; gene < values.cols(); ++gene) {
    const double length = values.col(gene).norm();
    values.col(gene).array() -= values.col(gene).mean();
    const double deviation = values.col(gene).norm();
    if (deviation > rounding * length)
      values.col(gene) /= deviation;
    else
      values.col(gene).setZero();
  }
  return values;
}

GenePairs pairs_of(const Matrix& values) {
  GenePairs pairs(values.rows());
  for (Eigen::Index lost = 0; lost < values.rows(); ++lost) {
    for (Eigen::Index gene = 0; gene < values.cols(); ++gene) pairs.at(lost, gene) = values(lost, gene);
  }
  return pairs;
}

/// Σ var(r_ij) / Σ r_ij² over the pairs of genes, from 0 to 1.
double shrinkage(const Matrix& shares, const Matrix& correlation) {
  const auto cells = static_cast<double>(shares.rows());
  // With w = the products of standardised values over cells, of mean r/C: var(r) = C/(C−1)³ Σ (C w − r)².
  const Matrix squares = shares.cwiseAbs2().transpose() * shares.cwiseAbs2();
  double variance = 0;
  double square = 0;
  for (Eigen::Index a = 0; a < correlation.rows(); ++a) {
    for (Eigen::Index b = 0; b < a; ++b) {
      const double r = correlation(a, b);
      variance += cells / std::pow(cells - 1, 3) * (cells * cells * squares(a, b) - cells * r * r);
      square += r * r;
    }
  }
  return square > 0 ? std::clamp(variance / square, 0.0, 1.0) : 1.0;
}

/// Sums of one gene's renormalised shares, on one side of a contrast.
struct Side {
  double cells = 0;
  double sum = 0;
  double squares = 0;

  void add(double value) {
    cells += 1;
    sum += value;
    squares += value * value;
  }
  double mean() const { return sum / cells; }
  double variance_of_mean() const { return std::max(0.0, squares - sum * sum / cells) / (cells - 1) / cells; }
};

double welch(const Side& with, const Side& without) {
  constexpr double fewest = 3;
  if (with.cells < fewest || without.cells < fewest) return 0;
  const double variance = with.variance_of_mean() + without.variance_of_mean();
  return variance > 0 ? (without.mean() - with.mean()) / std::sqrt(variance) : 0;
}

}  // namespace

double gene_effects_bytes(std::int64_t genes) {
  return 16.0 * static_cast<double>(genes) * static_cast<double>(genes);
}

GenePairs predicted_effects(const RelativeProfiles& profiles, std::span<const CollapsedMapping> members,
                            const Communicator& ranks) {
  EffectSum sum{GenePairs(profiles.genes()), GenePairs(profiles.genes())};
  EnsembleKernel kernel(members, best_instruction_set(), Base::fitted);
  for (std::int64_t cell = ranks.rank(); cell < profiles.cells(); cell += ranks.size()) {
    const auto expressed = profiles.expressed(cell);
    if (expressed.size() < 2) continue;
    kernel.load(intact_cell(profiles, cell));
    const std::vector<double> before = kernel.intact_profile();
    for (std::int32_t position = 0; position < std::ssize(expressed); ++position)
      add_loss(kernel, expressed, before, position, sum);
  }
  ranks.sum(sum.change.values());
  ranks.sum(sum.renormalised.values());
  const std::span<double> changes = sum.change.values();
  const std::span<double> shares = sum.renormalised.values();
  for (std::size_t at = 0; at < changes.size(); ++at)
    changes[at] = shares[at] > 0 ? changes[at] / shares[at] : 0;
  return std::move(sum.change);
}

GenePairs correlations(const ExpressionMatrix& data) {
  const Matrix values = standardised(data);
  return pairs_of(values.transpose() * values);
}

GenePairs partial_correlations(const ExpressionMatrix& data) {
  const Matrix values = standardised(data);
  Matrix correlation = values.transpose() * values;
  correlation *= 1 - shrinkage(values, correlation);
  correlation.diagonal().setOnes();
  const Eigen::Index genes = correlation.rows();
  // Without any shrinkage it may be singular; a trace of the unit matrix does not change what it says.
  constexpr double ridge = 1e-8;
  correlation.diagonal().array() += ridge;
  Matrix precision = correlation.llt().solve(Matrix::Identity(genes, genes));
  const Eigen::VectorXd scale = precision.diagonal().cwiseSqrt().cwiseInverse();
  precision = -(scale.asDiagonal() * precision * scale.asDiagonal());
  return pairs_of(precision);
}

GenePairs contrasts(const RelativeProfiles& profiles) {
  const std::int64_t genes = profiles.genes();
  GenePairs pairs(genes);
  std::vector<Side> with(static_cast<std::size_t>(genes));
  std::vector<Side> without(static_cast<std::size_t>(genes));
  for (std::int32_t lost = 0; lost < genes; ++lost) {
    std::fill(with.begin(), with.end(), Side{});
    std::fill(without.begin(), without.end(), Side{});
    for (std::int64_t cell = 0; cell < profiles.cells(); ++cell) {
      const auto expressed = profiles.expressed(cell);
      const auto shares = profiles.values(cell);
      const bool has = profiles.expresses(cell, lost);
      const double rest = 1 - static_cast<double>(profiles.value(cell, lost));
      for (std::size_t at = 0; at < expressed.size() && rest > 0; ++at)
        (has ? with : without)[static_cast<std::size_t>(expressed[at])].add(static_cast<double>(shares[at]) /
                                                                            rest);
    }
    for (std::int64_t gene = 0; gene < genes; ++gene) {
      const auto at = static_cast<std::size_t>(gene);
      if (gene != lost) pairs.at(lost, gene) = welch(with[at], without[at]);
    }
  }
  return pairs;
}

}  // namespace dko
