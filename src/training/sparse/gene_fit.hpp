#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "gene_inputs.hpp"
#include "lasso.hpp"

namespace dko {

class PairSupport;

/// What the regressions of all genes share in one round.
struct RegressionSetting {
  const RelativeProfiles* profiles = nullptr;
  const GeneInputs* inputs = nullptr;
  std::vector<std::int32_t> fold_of_cell;  ///< one per cell
  std::int32_t folds = 0;
  std::vector<double> totals;  ///< T, one per cell
  std::vector<float> state;    ///< factors × cells
  std::int64_t factors = 0;
  std::vector<float> covariates;  ///< of the cells, numbers × cells: like the state, before it
  std::int64_t covariate_width = 0;
  double factor_penalty = 0;      ///< of each factor, in parts of λ; 0: a covariate without penalty
  std::vector<double> penalties;  ///< of each gene's input, in parts of λ
  /// Pairs whose penalties are multiplied by the factor, to the power of their weight; none: null.
  const PairSupport* support = nullptr;
  double prior_factor = 1;

  /// What a cell has beside its presence: covariates, then the state.
  std::int64_t responses() const { return covariate_width + factors; }
  /// The first of these, which enter without a penalty, beside the intercept.
  std::int64_t free_columns() const { return factor_penalty > 0 ? covariate_width : responses(); }
  /// The k-th of all.
  float column(std::int64_t k, std::int64_t cell) const {
    const bool is_covariate = k < covariate_width;
    const auto row = is_covariate ? k : k - covariate_width;
    return (is_covariate ? covariates : state)[static_cast<std::size_t>(row * profiles->cells() + cell)];
  }
};

/// The regression of one gene: o = offset + Σ_j effects_j x_j + Σ_k responses_k (x, f)_k.
struct GeneFit {
  double mean = 0;  ///< of the targets y = p T
  double offset = 0;
  std::vector<std::int32_t> regulators;  ///< genes j, ascending
  std::vector<double> effects;           ///< of each of them
  std::vector<double> responses;         ///< to each covariate x, then to each factor f of state
  double penalty = 1;                    ///< chosen λ, in parts of that at which all effects vanish
  /// Cross-validated Σ |predicted − true share|: by the penalty, about twice the gene's part of BC.
  double distance = 0;
  double least_error = 0;  ///< cross-validated Σ (y − fit)², at the best λ of the path
};

/// Which penalties λ are tried.
struct PenaltyPath {
  std::int32_t folds = 5;       ///< left out one after the other to choose λ; 0: λ stays where it was
  double start = 1;             ///< the largest λ, in parts of the last chosen one
  double ratio = 0.7;           ///< of each λ to the one before
  std::size_t least_steps = 1;  ///< tried however little they gain
  bool settle = false;          ///< the last round, see fit_gene()
  bool to_shares = false;       ///< the fit is brought back from the scale, likewise
  bool weigh_next = false;      ///< cells far off the fit weigh less in the next round
};

/// Memory for one regression after the other.
struct RegressionMemory {
  BitColumns presence;  ///< of all genes in the cells of one
  GramMemory gram;
  std::vector<DescentMemory> descents;  ///< of the fit on all cells, and of those without each fold
};

/// Fits gene `gene` in the cells that express it, by a lasso of y = p T, on a scale that suits the gene
/// (TargetScale), on the inputs x (GeneInputs) of all other genes and the cell state, and on covariates
/// without penalty. λ is chosen by cross-validation over the folds: the largest whose squared error is within
/// 0.7 % of the least. `last` is the gene's fit of the round before, or an empty one. `weights` holds one
/// value per cell of the gene, mean 1; with `weigh_next` afterwards those of the next round, which give cells
/// far off the fit less weight (Huber 1964: w = min(1, 2 median|r| / |r|)). `memory` is for its use. Too few
/// cells (under 10 and twice the covariates) give the mean alone.
///
/// With `settle` the effects are the means over the fits that each leave a fold out, and those without the
/// same sign in all are 0. Then a part 1 − (2/t)⁴, at least 0, of them is kept, the rest being the fit
/// without effects: t is what they gain in squared error over the cells left out, in standard errors.
///
/// With `to_shares` the slope of y on what is predicted of cells left out, between 1/2 and 2, brings the fit
/// back from the scale. Otherwise it stays one of y', which has the mean of y.
GeneFit fit_gene(const RegressionSetting& setting, std::int32_t gene, const GeneCells& data,
                 const PenaltyPath& path, GeneFit last, std::vector<float>& weights,
                 RegressionMemory& memory);

/// The cross-validated Σ |y' − predicted| / (T m), m the mean of y, of fits of a gene that each take some of
/// the factors of the state, the first ones: as many as `numbers` says, of those that `setting` has. They
/// must be penalised there. All cells weigh 1. 0 of a gene with too few cells.
std::vector<double> distances_by_factors(const RegressionSetting& setting, std::int32_t gene,
                                         const GeneCells& data, const PenaltyPath& path,
                                         std::span<const std::int64_t> numbers, RegressionMemory& memory);

}  // namespace dko
