#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "gene_fit.hpp"
#include "gene_targets.hpp"
#include "lasso.hpp"

namespace dko {

/// Coefficients of each candidate and each covariate.
struct Coefficients {
  std::vector<double> effects;
  std::vector<double> covariates;
};

/// One λ of the path.
struct PenaltyStep {
  double error = 0;  // cross-validated, squared, weighted
  Coefficients whole;
  // By the fits that leave a fold out:
  Coefficients mean;
  std::vector<std::int32_t> signs;  // of each candidate, summed
  std::vector<double> predicted;    // of each row of the folds left out, by the fit without its fold
};

/// In place of a cell: the row fills up a fold.
constexpr auto filling = std::numeric_limits<std::size_t>::max();

/// The lasso of one gene along a path of penalties, on all cells and without each fold. `setting` outlives
/// it.
class GeneRegression {
 public:
  GeneRegression(const RegressionSetting& setting, std::int32_t gene, const GeneCells& data,
                 const std::vector<float>& weights, std::int32_t folds, RegressionMemory& memory);

  /// Begins anew, with the first `factors` of the state's alone; products that were found are kept.
  void restart(std::int64_t factors);

  /// The fits at the λ that is chosen; `fit` has the penalty and regulators to start from, and gets the
  /// penalty.
  PenaltyStep choose(const PenaltyPath& how, GeneFit& fit);

  /// Their numbers: of a gene its own, of factor k of the state, where it is penalised, genes + k.
  const std::vector<std::int32_t>& candidates() const { return candidates_; }
  const FoldedDesign& design() const { return design_; }
  /// Σ |predicted − true share| over the gene's cells.
  double distance(const PenaltyStep& step) const;
  /// Σ |predicted − y'| / T over the gene's cells, in parts of the mean of y.
  double scaled_distance(const PenaltyStep& step) const;
  /// The place of each row's cell in the gene's list of cells, or `filling`.
  const std::vector<std::size_t>& rows() const { return rows_; }

 private:
  /// Σ |predicted − value| / T over the gene's cells.
  template <class Values>
  double distance_to(const Values& values, const PenaltyStep& step) const;

  void take_support();

  /// Whether a pull of this sign on a gene's effect is against the sign that it must have.
  bool is_held(std::size_t gene) const { return gradient_[gene] * static_cast<float>(signs_[gene]) < 0; }

  /// Rows by fold, each filled up to whole blocks of BitColumns.
  FoldedDesign make_design(const GeneCells& data, const std::vector<float>& weights,
                           RegressionMemory& memory);

  void add_factors();

  /// The gradient of the fit on all cells to every gene into gradient_; returns the least λ at which all
  /// effects would vanish without a prior: with one, unsupported genes enter at the same places of the path.
  double search_gradient();
  bool has_all_genes() const { return candidate_genes_ + 1 == place_.size(); }

  /// x of a gene, row by row.
  std::vector<float> values_of(std::int32_t gene) const;
  void allow(std::int64_t candidate);
  void add(const std::vector<std::int32_t>& genes);

  /// Makes candidates of the genes whose gradient exceeds `threshold` in parts of their penalty.
  bool add_candidates(double threshold);

  /// The fit on all cells, exact over all genes, and those without each fold if they are asked for.
  PenaltyStep step(double lambda, bool with_folds);

  /// The fits by factors and covariates alone, while there are no other candidates.
  PenaltyStep without_genes(double lambda);

  /// What the solved fit on all cells is, and the fits without each fold, of the candidates that there are.
  PenaltyStep fitted_step(double lambda, bool with_folds);

  void add_fold(const LassoFit& fit, std::size_t fold, PenaltyStep& step) const;

  double squared_error(const PenaltyStep& step, std::size_t row) const;

  /// Effects are the means over the fits that leave a fold out; those that do not have the same sign in all
  /// are dropped, and the offset takes over what they gave on average. Of what is left the data support a
  /// part; the rest is the fit of `none`, without effects.
  void settle(PenaltyStep& chosen, const PenaltyStep& none) const;

  /// 1 − (2/t)⁴, at least 0: t is the mean over cells of what `chosen` gains
  /// in squared error over `none`, in standard errors.
  double supported_part(const PenaltyStep& chosen, const PenaltyStep& none) const;

  /// From the fit `step.whole` of y' to one of y = p T: it is multiplied by the slope of y on what is
  /// predicted of cells left out, and moved until both have the same mean. Cells weigh as in the fit.
  void return_to_shares(PenaltyStep& step) const;

  double count() const { return static_cast<double>(rows_.size() - padding_); }

  const RegressionSetting& setting_;
  std::int32_t gene_;
  std::vector<double> penalties_;    // of each gene's presence, in parts of λ
  std::vector<std::int32_t> signs_;  // that their effects must have
  std::vector<std::size_t> rows_;
  std::vector<std::int64_t> cells_;  // of the design's rows
  std::size_t padding_ = 0;          // rows that fill up folds
  TargetScale scale_;
  std::vector<double> targets_;  // y of the rows; the design has y'
  const BitColumns& presence_;   // of all genes in these rows
  FoldedDesign design_;          // makes these, from rows_ on
  std::int32_t folds_;           // that are left out
  std::vector<DescentMemory>& descents_;
  std::optional<LassoFit> whole_;
  std::vector<LassoFit> without_;    // each fold
  std::vector<float> gradient_;      // one per gene, and padding
  std::vector<std::int64_t> place_;  // of a gene among the design's candidates, or -1
  std::vector<bool> is_candidate_;   // of a gene, since the last start
  std::size_t candidate_genes_ = 0;
  std::vector<std::int32_t> candidates_;
  std::size_t genes_from_ = 0;  // candidates before are factors
};

}  // namespace dko
