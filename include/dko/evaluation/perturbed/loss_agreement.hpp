#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dko/evaluation/perturbed/perturbation_truth.hpp"

namespace dko {

/// What one way of predicting says of the loss of one gene: a log2 change for each gene of the data, NaN
/// where it says nothing; empty where it says nothing at all.
using PredictedChange = std::vector<double>;

/// How a predicted change agrees with a real one, over the genes that the truth compares. Where a prediction
/// says nothing of a gene, its size is 0, and it has no sign and no rank.
struct LossAgreement {
  std::int64_t genes = 0;          ///< with a prediction
  std::optional<double> spearman;  ///< of the log2 changes, over these
  std::int64_t signs = 0;          ///< genes that change and have a predicted sign
  std::int64_t same_sign = 0;
  std::optional<double> balanced;  ///< mean of the fractions of signs that are right, of genes up and down
  std::optional<double> recall;    ///< of the genes that change among as many of the largest predicted size
  std::optional<double> auprc;     ///< of finding the genes that change by the predicted size
  std::optional<double> error;  ///< Σ |predicted − real| / Σ |real| of the log2 changes: 1 for no change
};

/// Compares; of a prediction that `is_signed` not, only recall and AUPRC. Local.
LossAgreement compare_loss(const PerturbationTruth& truth, std::span<const double> change, bool is_signed);

/// Spearman alone, for the losses of other genes. Local.
std::optional<double> loss_spearman(const PerturbationTruth& truth, std::span<const double> change);

/// Where the Spearman of the true target stands among those of the losses of other genes.
struct Specificity {
  std::int64_t rank =
      0;  ///< from 1: so many agree better, plus 1; equal ones share their mean rank, rounded up
  std::int64_t losses = 0;  ///< in all, the true target's included
  double p = 1;             ///< permutation_p() (real_knockout.hpp)
};

/// Local. `others`: Spearman of the losses of other genes with the same truth, 0 for one that is predicted to
/// do nothing; none: p is 1.
Specificity specificity_of(double spearman, const std::vector<double>& others);

}  // namespace dko
