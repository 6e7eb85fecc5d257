#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bit_columns.hpp"

namespace dko {

/// Rows of a regression by fold: fold f is rows [starts[f], starts[f+1]), a multiple of
/// BitColumns::block_rows; those that fill up a fold have weight 0.
using FoldStarts = std::vector<std::int64_t>;

/// Memory for the products of candidates, kept from one regression to the next: getting it from the system
/// anew for every gene costs as much as computing.
struct GramMemory {
  std::size_t room = 0;         ///< candidates that each row of products has room for
  std::vector<float> products;  ///< of each candidate that was asked for a row a fold, and one of all rows
  // What one candidate has, while its products are found:
  std::vector<float> column;   ///< w x
  std::vector<float> of_bits;  ///< products with other columns of bits
  std::vector<float> found;    ///< with candidates, over one fold
};

/// A column that a regression may use.
struct NewCandidate {
  double penalty = 1;             ///< what λ is multiplied by
  std::int32_t sign = 0;          ///< that its effect must have: −1, 1, or 0 for either
  std::size_t column = 0;         ///< of the design's bits
  std::span<const float> values;  ///< in place of bits, where it is not empty: one per row
};

/// The columns of a weighted regression and their products, fold by fold, so that the fit on all rows and
/// those that each leave one fold out share them. Covariates enter every fit without a penalty, the first of
/// them being the intercept; candidates may be added at any time. Products with a candidate are computed when
/// they are first asked for.
class FoldedDesign {
 public:
  /// `covariates` holds their columns one after the other, the first all ones; `targets` and `weights` one
  /// value per row; rows that fill up a fold are zeros in all. Of `bits` candidates take their columns; they
  /// and `memory`, which serves no other meanwhile, outlive the design.
  FoldedDesign(FoldStarts starts, std::vector<float> covariates, std::vector<float> targets,
               std::vector<float> weights, const BitColumns& bits, GramMemory& memory);

  std::int64_t folds() const { return std::ssize(starts_) - 1; }
  std::int64_t rows() const { return starts_.back(); }
  std::int64_t covariates() const { return covariates_; }
  std::int64_t candidates() const { return std::ssize(penalties_); }
  double penalty(std::int64_t candidate) const { return penalties_[static_cast<std::size_t>(candidate)]; }
  std::int32_t sign(std::int64_t candidate) const { return signs_[static_cast<std::size_t>(candidate)]; }

  void add_candidates(std::span<const NewCandidate> added);

  std::span<const float> targets() const { return targets_; }
  std::span<const float> weights() const { return weights_; }
  std::span<const std::int64_t> starts() const { return starts_; }

  /// Adds x · `by` of a covariate or candidate to the values of rows [first, first + values.size()).
  void add_covariate(std::int64_t k, double by, std::int64_t first, std::span<double> values) const;
  void add_candidate(std::int64_t candidate, double by, std::int64_t first, std::span<double> values) const;
  /// Σ x of a candidate.
  double sum(std::int64_t candidate) const;

  /// Σ w x y of a candidate with each of all, over one fold; over all rows for fold == folds(). Holds until
  /// those of a candidate are asked for the first time, or candidates are added.
  std::span<const float> products(std::int64_t candidate, std::int64_t fold);
  /// Products of a candidate with each covariate, over each fold.
  std::span<const double> with_covariates(std::int64_t candidate) const {
    const auto width = static_cast<std::size_t>(covariates_ * folds());
    return std::span(with_covariates_).subspan(static_cast<std::size_t>(candidate) * width, width);
  }
  /// Products of a candidate with the targets, over each fold.
  std::span<const double> with_targets(std::int64_t candidate) const {
    return of_folds(with_targets_, candidate);
  }
  /// Products over each fold of covariate k with covariate j ≤ k, of it with the targets, and of these with
  /// themselves.
  std::span<const double> of_covariates(std::int64_t k, std::int64_t j) const {
    return of_folds(of_covariates_, k * (k + 1) / 2 + j);
  }
  std::span<const double> of_covariate_and_targets(std::int64_t k) const {
    return of_folds(of_covariates_and_targets_, k);
  }
  std::span<const double> of_targets() const { return of_targets_; }

 private:
  std::vector<float> weighted(std::span<const float> column) const;
  void append_products(std::span<const float> weighted, std::span<const float> other,
                       std::vector<double>& to) const;
  void products_with(std::span<const float> weighted, std::size_t column, std::size_t first, std::size_t fold,
                     std::span<float> found) const;
  void dense_products(std::span<const float> weighted, std::size_t first, std::size_t fold,
                      std::span<float> found) const;
  bool has_dense(std::size_t first) const;
  void note_products(std::size_t first);
  void make_room(std::size_t candidates);
  void find_row(std::size_t candidate);

  std::span<const float> row(const std::vector<float>& columns, std::size_t at) const {
    const auto count = static_cast<std::size_t>(rows());
    return std::span(columns).subspan(at * count, count);
  }
  std::span<const double> of_folds(const std::vector<double>& products, std::int64_t at) const {
    const auto width = static_cast<std::size_t>(folds());
    return std::span(products).subspan(static_cast<std::size_t>(at) * width, width);
  }
  float* row_of_products(std::size_t slot, std::size_t fold) {
    return memory_.products.data() + (slot * starts_.size() + fold) * memory_.room;
  }

  /// Where the values of a candidate are.
  struct Place {
    bool is_bits;
    std::size_t at;  // column of bits_, or of dense_
  };
  static constexpr auto no_column = static_cast<std::size_t>(-1);
  static constexpr std::size_t no_slot = static_cast<std::size_t>(-1);

  FoldStarts starts_;
  std::int64_t covariates_;
  std::vector<float> fixed_;  // covariates × rows
  std::vector<float> targets_;
  std::vector<float> weights_;
  bool is_weighted_;                     // some weight is not 1, beside those of rows that fill up a fold
  std::vector<BlockTables> of_weights_;  // if they are not all 1
  std::vector<float> weighted_fixed_;
  std::vector<float> weighted_targets_;
  const BitColumns& source_;
  BitColumns bits_;           // of candidates
  std::vector<float> dense_;  // likewise, columns × rows
  std::vector<Place> places_;
  std::vector<std::size_t> dense_at_;  // candidates whose columns are dense, ascending
  std::vector<double> penalties_;
  std::vector<std::int32_t> signs_;
  std::vector<double> of_covariates_;              // pairs × folds
  std::vector<double> of_covariates_and_targets_;  // covariates × folds
  std::vector<double> of_targets_;
  std::vector<double> with_covariates_;  // candidates × covariates × folds
  std::vector<double> with_targets_;     // candidates × folds
  std::vector<std::size_t> slots_;       // of each candidate in the memory, or no_slot
  std::vector<std::size_t> known_;       // of each slot: products with so many candidates
  GramMemory& memory_;                   // slots × (folds and all rows) × room
};

}  // namespace dko
