#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "folded_design.hpp"

namespace dko {

/// Memory of one fit, kept from one regression to the next.
struct DescentMemory {
  std::vector<float> products;  ///< of active candidates
  std::vector<double> row;      ///< of one that enters, with these
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

  /// `memory`, which serves no other fit meanwhile, and the design outlive it.
  LassoFit(FoldedDesign& design, std::int64_t left_out, DescentMemory& memory);

  /// Keeps a candidate that has not entered yet from entering, until it is allowed to.
  void bar(std::int64_t candidate) { is_closed_[static_cast<std::size_t>(candidate)] = true; }
  void allow(std::int64_t candidate) { is_closed_[static_cast<std::size_t>(candidate)] = false; }

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
  /// Products of a candidate with all over all rows, and over those that are left out; empty: none are.
  std::span<const float> of_all(std::int64_t candidate) const {
    return design_.products(candidate, design_.folds());
  }
  std::span<const float> of_left_out(std::int64_t candidate) const {
    return left_out_ == no_fold ? std::span<const float>() : design_.products(candidate, left_out_);
  }
  void make_room(std::size_t more);
  void activate(std::span<const std::int64_t> entering);
  void add_row(std::size_t at);
  double sweep();
  void take_gradient();
  void subtract_effects();

  FoldedDesign& design_;
  std::int64_t left_out_;
  DescentMemory& memory_;  // products of the active candidates, the covariates eliminated: room × room
  double weight_ = 0;
  double variance_ = 0;                       // of the targets, times weight_
  std::vector<double> cholesky_;              // of the covariates' products, lower, row by row
  std::vector<double> reduced_targets_;       // L⁻¹ F'Wy
  std::vector<std::vector<double>> reduced_;  // for each covariate one per candidate: L⁻¹ F'Wx
  std::vector<double> with_targets_;          // of each candidate, the covariates eliminated
  std::vector<double> effects_;
  std::vector<double> gradient_;      // of the fit to each candidate, once it is solved
  std::vector<bool> is_closed_;       // to candidates that have entered, or are barred
  std::vector<std::int64_t> active_;  // candidates that have entered, in the order in which they did
  // Threshold and gradient of each of these:
  std::vector<double> thresholds_;  // of their gradient, at the λ at hand
  std::vector<float> pull_;         // gradient, and what fills up the room
  std::size_t room_ = 0;            // of active candidates
};

}  // namespace dko
