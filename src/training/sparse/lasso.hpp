#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// Rows of a regression by fold: fold f is rows [starts[f], starts[f+1]), a multiple of row_lanes of them;
/// those that fill up a fold have weight 0.
using FoldStarts = std::vector<std::int64_t>;
constexpr std::int64_t row_lanes = 16;

/// Memory for the products of candidates, kept from one regression to the next: getting it from the system
/// anew for every gene costs as much as computing.
struct GramMemory {
  std::size_t room = 0;                  ///< candidates that each matrix has room for
  std::vector<std::vector<float>> gram;  ///< room × room each
};

/// The columns of a weighted regression and their products, fold by fold, so that the fit on all rows and
/// those that each leave one fold out share them. Covariates enter every fit without a penalty, the first of
/// them being the intercept; candidates may be added at any time.
class FoldedDesign {
 public:
  /// `covariates` holds their columns one after the other, the first all ones; `targets` and `weights` one
  /// value per row.
  /// `memory` must outlive the design and serve no other meanwhile.
  FoldedDesign(FoldStarts starts, std::vector<float> covariates, std::vector<float> targets,
               std::vector<float> weights, GramMemory& memory);

  std::int64_t folds() const { return std::ssize(starts_) - 1; }
  std::int64_t rows() const { return starts_.back(); }
  std::int64_t covariates() const { return covariates_; }
  std::int64_t candidates() const { return std::ssize(penalties_); }
  double penalty(std::int64_t candidate) const { return penalties_[static_cast<std::size_t>(candidate)]; }
  std::int32_t sign(std::int64_t candidate) const { return signs_[static_cast<std::size_t>(candidate)]; }

  /// `columns` has one after the other, of one value per row; `penalties` says what λ is multiplied by for
  /// each, and `signs` which sign its effect must have: −1, 1, or 0 for either; without
  /// any all are free.
  void add_candidates(std::span<const float> columns, std::span<const double> penalties,
                      std::span<const std::int32_t> signs = {});

  std::span<const float> covariate(std::int64_t k) const { return row(fixed_, k); }
  std::span<const float> candidate(std::int64_t j) const { return row(columns_, j); }
  std::span<const float> targets() const { return targets_; }
  std::span<const float> weights() const { return weights_; }
  std::span<const std::int64_t> starts() const { return starts_; }

  /// Σ w x y over each fold, into `sums` (one per fold).
  void products(std::span<const float> weighted, std::span<const float> other, std::span<double> sums) const;

  /// Σ w x y of a candidate with each of all, over one fold; over all rows for fold == folds().
  std::span<const float> gram(std::int64_t candidate, std::int64_t fold) const {
    const auto q = static_cast<std::size_t>(candidates());
    return std::span(memory_.gram[static_cast<std::size_t>(fold)])
        .subspan(static_cast<std::size_t>(candidate) * memory_.room, q);
  }
  /// Products of a candidate with each covariate, over each fold.
  std::span<const double> with_covariates(std::int64_t candidate) const {
    const auto width = static_cast<std::size_t>(covariates_ * folds());
    return std::span(with_covariates_).subspan(static_cast<std::size_t>(candidate) * width, width);
  }
  /// Products of a candidate with the targets, over each fold.
  std::span<const double> with_targets(std::int64_t candidate) const {
    const auto width = static_cast<std::size_t>(folds());
    return std::span(with_targets_).subspan(static_cast<std::size_t>(candidate) * width, width);
  }

  /// w x, row by row.
  std::vector<float> weighted(std::span<const float> column) const;

 private:
  void make_room(std::size_t candidates);
  void multiply(std::size_t first_new);

  std::span<const float> row(const std::vector<float>& columns, std::int64_t at) const {
    const auto count = static_cast<std::size_t>(rows());
    return std::span(columns).subspan(static_cast<std::size_t>(at) * count, count);
  }

  FoldStarts starts_;
  std::int64_t covariates_;
  std::vector<float> fixed_;    // covariates × rows
  std::vector<float> columns_;  // candidates × rows
  std::vector<float> targets_;
  std::vector<float> weights_;
  std::vector<float> weighted_fixed_;
  std::vector<float> weighted_targets_;
  std::vector<double> penalties_;
  std::vector<std::int32_t> signs_;
  std::vector<double> with_covariates_;  // candidates × covariates × folds
  std::vector<double> with_targets_;     // candidates × folds
  GramMemory& memory_;                   // for each fold and for all rows
};

/// A weighted lasso fit by coordinate descent on the products of a design, on all rows or without one fold:
///
///     min over γ, β of  ½ Σ_c w_c (y_c − γ·f_c − β·x_c)² + λ Σ_j penalty_j |β_j|
///
/// with β_j of the sign that candidate j must have, if any (Friedman, Hastie & Tibshirani 2010, covariance
/// updates). The covariates f are eliminated exactly, by the
/// Schur complement of their products. Each solve starts from the last solution.
class LassoFit {
 public:
  static constexpr std::int64_t no_fold = -1;

  LassoFit(FoldedDesign& design, std::int64_t left_out);

  /// To be called after candidates were added to the design.
  void extend();
  void solve(double lambda);

  /// β, one per candidate.
  std::span<const double> effects() const { return effects_; }
  /// γ, one per covariate.
  std::vector<double> covariate_effects() const;
  /// Σ w over the rows of the fit.
  double weight() const { return weight_; }
  /// Fitted values of rows [first, last).
  std::vector<double> fitted(std::int64_t first, std::int64_t last) const;

 private:
  /// Sum over the rows of this fit, from sums per fold.
  double over_rows(std::span<const double> folds) const;
  void eliminate(std::span<double> products) const;
  /// Product of two candidates, the covariates eliminated.
  double product(std::int64_t candidate, std::int64_t other) const;
  void activate(std::int64_t candidate);
  double sweep(double lambda);
  void take_gradient();

  FoldedDesign& design_;
  std::int64_t left_out_;
  double weight_ = 0;
  double variance_ = 0;                       // of the targets, times weight_
  std::vector<double> cholesky_;              // of the covariates' products, lower, row by row
  std::vector<double> reduced_targets_;       // L⁻¹ F'Wy
  std::vector<std::vector<double>> reduced_;  // for each covariate one per candidate: L⁻¹ F'Wx
  std::vector<double> with_targets_;          // of each candidate, the covariates eliminated
  std::vector<double> effects_;
  std::vector<double> gradient_;      // of the fit to each candidate, once it is solved
  std::vector<std::int64_t> active_;  // candidates that have entered, in the order in which they did
  std::vector<bool> is_active_;
  std::vector<std::vector<double>> products_;  // of the active candidates, the covariates eliminated
  std::vector<double> pull_;                   // gradient of the active candidates
};

}  // namespace dko
