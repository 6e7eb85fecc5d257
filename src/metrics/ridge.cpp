#include "dko/metrics/ridge.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "dko/base/numbers.hpp"
#include "dko/base/random.hpp"
#include "dko/metrics/baselines.hpp"
#include "dko/metrics/profile_agreement.hpp"

namespace dko {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using Index = Eigen::Index;

constexpr std::array penalties{1.0,   3.1622776601683795, 10.0,  31.622776601683793,
                               100.0, 316.22776601683796, 1000.0};
constexpr std::int64_t most_known = 1000;
constexpr double validation_fraction = 0.2;

std::vector<std::int64_t> chosen(std::span<const std::int64_t> cells,
                                 const std::vector<std::int64_t>& places) {
  std::vector<std::int64_t> some;
  for (const std::int64_t place : places) some.push_back(cells[static_cast<std::size_t>(place)]);
  return some;
}

/// Number of genes that two cells share, both by ascending genes.
double shared_genes(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  std::int64_t count = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) ++count;
    const bool first_is_behind = *i <= *j;
    const bool second_is_behind = *j <= *i;
    if (first_is_behind) ++i;
    if (second_is_behind) ++j;
  }
  return static_cast<double>(count);
}

/// Presence products z_a · z_b of `rows` with `columns`.
MatrixXd products(const RelativeProfiles& profiles, std::span<const std::int64_t> rows,
                  std::span<const std::int64_t> columns) {
  MatrixXd product(std::ssize(rows), std::ssize(columns));
  for (Index j = 0; j < product.cols(); ++j) {
    for (Index i = 0; i < product.rows(); ++i) {
      product(i, j) = shared_genes(profiles.expressed(rows[static_cast<std::size_t>(i)]),
                                   profiles.expressed(columns[static_cast<std::size_t>(j)]));
    }
  }
  return product;
}

/// Presence of all genes in `cells`, cells × genes.
MatrixXd presence_of(const RelativeProfiles& profiles, std::span<const std::int64_t> cells) {
  MatrixXd presence = MatrixXd::Zero(std::ssize(cells), profiles.genes());
  for (Index row = 0; row < presence.rows(); ++row) {
    for (const std::int32_t gene : profiles.expressed(cells[static_cast<std::size_t>(row)]))
      presence(row, gene) = 1;
  }
  return presence;
}

/// Ridge regressions of genes on the presence in `known`, of the m cells that express a gene, in whichever
/// form has the smaller matrix:
///
/// * their dual form, with the centred products K of the cells: α = (K + λ)⁻¹ (y − ȳ), and the prediction for
///   cell t is ȳ + Σ_i α_i (z_t·z_i − mean_j z_j·z_i), for Σ α = 0;
/// * with fewer genes than cells, centred presence X: β = (XᵀX + λ)⁻¹ Xᵀ(y − ȳ), and ȳ + β·(z_t − mean z).
class Ridge {
 public:
  Ridge(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
        std::span<const std::int64_t> cells)
      : profiles_(profiles), known_(known.begin(), known.end()), cells_(cells.begin(), cells.end()) {
    const bool is_dual = profiles.genes() >= std::ssize(known_);
    among_known_ = is_dual ? products(profiles, known_, known_) : presence_of(profiles, known_);
    to_cells_ = is_dual ? products(profiles, cells_, known_) : presence_of(profiles, cells_);
    is_dual_ = is_dual;
  }

  /// Predicted p·n of genes [first, last) of `genes`, for each penalty, in all cells: penalties × cells ×
  /// genes by rows; 0 for the others.
  std::vector<float> predict(std::span<const std::int32_t> genes, RankShare share,
                             std::span<const double> lambdas) const {
    const std::size_t plane = cells_.size() * genes.size();
    std::vector<float> predicted(lambdas.size() * plane, 0.0F);
    for (auto at = static_cast<std::size_t>(share.first); at < static_cast<std::size_t>(share.last); ++at) {
      std::vector<Index> rows;
      const VectorXd targets = targets_of(genes[at], rows);
      if (rows.empty()) continue;
      const std::vector<Fit> fits = fit(rows, targets, lambdas);
      const MatrixXd to_cells = is_dual_ ? MatrixXd(to_cells_(Eigen::all, rows)) : to_cells_;
      for (std::size_t to = 0; to < fits.size(); ++to) {
        const VectorXd of_cells = (to_cells * fits[to].coefficients).array() + fits[to].offset;
        for (Index cell = 0; cell < of_cells.size(); ++cell)
          predicted[to * plane + static_cast<std::size_t>(cell) * genes.size() + at] =
              static_cast<float>(std::max(0.0, of_cells(cell)));
      }
    }
    return predicted;
  }

  /// β_0 and β of a gene; zero where no known cell expresses it. In the dual form Σ_i α_i z_t·z_i = z_t·β.
  struct Line {
    double offset = 0;
    std::vector<double> slopes;
  };
  Line line(std::int32_t gene, double lambda) const {
    Line line{0, std::vector<double>(static_cast<std::size_t>(profiles_.genes()), 0.0)};
    std::vector<Index> rows;
    const VectorXd targets = targets_of(gene, rows);
    if (rows.empty()) return line;
    const Fit found = fit(rows, targets, std::span(&lambda, 1)).front();
    line.offset = found.offset;
    if (!is_dual_) line.slopes.assign(found.coefficients.begin(), found.coefficients.end());
    for (Index at = 0; is_dual_ && at < found.coefficients.size(); ++at) {
      const std::int64_t cell = known_[static_cast<std::size_t>(rows[static_cast<std::size_t>(at)])];
      for (const std::int32_t other : profiles_.expressed(cell))
        line.slopes[static_cast<std::size_t>(other)] += found.coefficients(at);
    }
    return line;
  }

 private:
  /// p·n of the gene in the known cells that express it, and which these are.
  VectorXd targets_of(std::int32_t gene, std::vector<Index>& rows) const {
    std::vector<double> targets;
    for (std::size_t at = 0; at < known_.size(); ++at) {
      if (!profiles_.expresses(known_[at], gene)) continue;
      const auto n = static_cast<double>(profiles_.expressed_count(known_[at]));
      rows.push_back(static_cast<Index>(at));
      targets.push_back(static_cast<double>(profiles_.value(known_[at], gene)) * n);
    }
    return Eigen::Map<const VectorXd>(targets.data(), std::ssize(targets));
  }

  /// The fit of one gene with one penalty: β, or in the dual form α, and what centres the predictions.
  struct Fit {
    VectorXd coefficients;
    double offset;  // ȳ − β·mean z
  };

  /// One fit a penalty.
  std::vector<Fit> fit(const std::vector<Index>& rows, const VectorXd& targets,
                       std::span<const double> lambdas) const {
    const double mean = targets.mean();
    const VectorXd centred = targets.array() - mean;
    MatrixXd matrix =
        is_dual_ ? MatrixXd(among_known_(rows, rows)) : MatrixXd(among_known_(rows, Eigen::all));
    const VectorXd means = matrix.colwise().mean();
    matrix.rowwise() -= means.transpose();
    VectorXd right = centred;
    if (is_dual_) {
      matrix.colwise() -= means;
      matrix.array() += means.mean();
    } else {
      right = matrix.transpose() * centred;
      MatrixXd gram = MatrixXd::Zero(matrix.cols(), matrix.cols());
      gram.selfadjointView<Eigen::Lower>().rankUpdate(matrix.transpose());
      matrix = std::move(gram);
    }
    std::vector<Fit> fits;
    for (const double lambda : lambdas) {
      const VectorXd coefficients = solve_with(matrix, lambda, right);
      fits.push_back({coefficients, mean - means.dot(coefficients)});
    }
    return fits;
  }

  /// (matrix + λ)⁻¹ right, of a symmetric matrix of which the lower half counts.
  static VectorXd solve_with(MatrixXd matrix, double lambda, const VectorXd& right) {
    matrix.diagonal().array() += lambda;
    const Eigen::LLT<Eigen::Ref<MatrixXd>> factors(matrix);
    return factors.solve(right);
  }

  const RelativeProfiles& profiles_;
  std::vector<std::int64_t> known_;
  std::vector<std::int64_t> cells_;
  bool is_dual_ = true;
  MatrixXd among_known_;  // products of the cells; not dual: their presence
  MatrixXd to_cells_;
};

/// Zero where the cell does not express the gene, and rows that sum to one.
void renormalise(const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                 std::span<float> predicted) {
  const auto width = static_cast<std::size_t>(profiles.genes());
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const std::span<float> of_cell = predicted.subspan(row * width, width);
    std::vector<float> kept(width, 0.0F);
    double total = 0;
    for (const std::int32_t gene : profiles.expressed(cells[row])) {
      const auto at = static_cast<std::size_t>(gene);
      kept[at] = of_cell[at];
      total += static_cast<double>(of_cell[at]);
    }
    for (std::size_t at = 0; at < width; ++at)
      of_cell[at] = total > 0 ? static_cast<float>(static_cast<double>(kept[at]) / total) : 0.0F;
  }
}

/// Predictions of all genes by all ranks, one plane a penalty. Collective.
std::vector<float> predict(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                           std::span<const std::int64_t> cells, std::span<const double> lambdas,
                           const Communicator& ranks) {
  const auto genes = numbers_below<std::int32_t>(profiles.genes());
  std::vector<float> predicted = ridge_outputs(profiles, known, cells, genes, lambdas, ranks);
  const std::size_t plane = predicted.size() / lambdas.size();
  for (std::size_t at = 0; at < lambdas.size(); ++at)
    renormalise(profiles, cells, std::span(predicted).subspan(at * plane, plane));
  return predicted;
}

/// The penalty with the least distance on a random fifth of the cells. Collective.
double best_penalty(const RelativeProfiles& profiles, std::span<const std::int64_t> known, std::uint64_t seed,
                    const Communicator& ranks) {
  const auto total = std::ssize(known);
  const std::int64_t count = std::llround(validation_fraction * static_cast<double>(total));
  if (count == 0) return penalties[penalties.size() / 2];
  RandomStream stream(seed, "ridge validation");
  std::vector<std::int64_t> order = stream.permutation(total);
  const std::vector<std::int64_t> validation = chosen(known, {order.begin(), order.begin() + count});
  const std::vector<std::int64_t> fitted = chosen(known, {order.begin() + count, order.end()});
  const std::vector<float> predicted = predict(profiles, fitted, validation, penalties, ranks);
  const std::vector<float> truth = dense_profiles(profiles, validation);
  std::vector<double> distances;
  for (std::size_t at = 0; at < penalties.size(); ++at) {
    const auto of_penalty = std::span<const float>(predicted).subspan(at * truth.size(), truth.size());
    const std::vector<double> of_cells = distances_of_cells(truth, of_penalty, profiles.genes());
    distances.push_back(std::accumulate(of_cells.begin(), of_cells.end(), 0.0));
  }
  return penalties[static_cast<std::size_t>(std::min_element(distances.begin(), distances.end()) -
                                            distances.begin())];
}

/// The known cells that are used, at random if they are many.
std::vector<std::int64_t> used_cells(std::span<const std::int64_t> known, std::uint64_t seed) {
  const auto total = std::ssize(known);
  RandomStream stream(seed, "ridge cells");
  return chosen(known, stream.distinct(std::min(total, most_known), total));
}

}  // namespace

std::vector<float> ridge_outputs(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                                 std::span<const std::int64_t> cells, std::span<const std::int32_t> genes,
                                 std::span<const double> lambdas, const Communicator& ranks) {
  std::vector<float> predicted =
      Ridge(profiles, known, cells).predict(genes, ranks.share_of(std::ssize(genes)), lambdas);
  ranks.sum(std::span<float>(predicted));
  return predicted;
}

RidgePrediction ridge_profiles(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                               std::span<const std::int64_t> cells, std::uint64_t seed,
                               const Communicator& ranks) {
  const std::vector<std::int64_t> used = used_cells(known, seed);
  RidgePrediction prediction;
  prediction.penalty = best_penalty(profiles, used, seed, ranks);
  prediction.profiles = predict(profiles, used, cells, std::array{prediction.penalty}, ranks);
  return prediction;
}

CollapsedMapping ridge_mapping(const RelativeProfiles& profiles, std::span<const std::int64_t> known,
                               std::uint64_t seed, const Communicator& ranks) {
  const std::vector<std::int64_t> used = used_cells(known, seed);
  const double penalty = best_penalty(profiles, used, seed, ranks);
  const auto width = static_cast<std::size_t>(profiles.genes());
  SparseMappingParts parts;
  parts.effects.assign(width * width, 0.0);
  parts.offset.assign(width, 0.0);
  constexpr double cut_off = 1e-9;  // p·n is about 1
  parts.floor.assign(width, cut_off);
  const Ridge ridge(profiles, used, {});
  const RankShare mine = ranks.share_of(profiles.genes());
  for (std::int64_t gene = mine.first; gene < mine.last; ++gene) {
    const Ridge::Line line = ridge.line(static_cast<std::int32_t>(gene), penalty);
    const auto row = static_cast<std::size_t>(gene);
    parts.offset[row] = line.offset;
    for (std::size_t column = 0; column < width; ++column)
      parts.effects[column * width + row] = line.slopes[column];
  }
  ranks.sum(std::span<double>(parts.offset));
  ranks.sum(std::span<double>(parts.effects));
  for (std::size_t column = 0; column <= width; ++column)
    parts.starts.push_back(static_cast<std::int64_t>(column * width));
  for (std::size_t at = 0; at < width * width; ++at)
    parts.rows.push_back(static_cast<std::int32_t>(at % width));
  return CollapsedMapping(SparseMapping(std::move(parts)));
}

}  // namespace dko
