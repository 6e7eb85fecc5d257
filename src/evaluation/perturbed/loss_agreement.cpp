#include "dko/evaluation/perturbed/loss_agreement.hpp"

#include <algorithm>
#include <cmath>

#include "dko/evaluation/real_knockout.hpp"
#include "dko/metrics/metrics.hpp"

namespace dko {

namespace {

/// Signs of the genes that change one way.
struct Signs {
  std::int64_t all = 0;
  std::int64_t right = 0;

  double fraction() const { return static_cast<double>(right) / static_cast<double>(all); }
};

void compare_signs(const PerturbationTruth& truth, std::span<const double> change, LossAgreement& agreement) {
  Signs up;
  Signs down;
  for (std::size_t gene = 0; gene < change.size(); ++gene) {
    if (!truth.changed[gene] || !(std::abs(change[gene]) > 0)) continue;
    const bool is_up = truth.log2_change[gene] > 0;
    Signs& signs = is_up ? up : down;
    ++signs.all;
    if ((change[gene] > 0) == is_up) ++signs.right;
  }
  agreement.signs = up.all + down.all;
  agreement.same_sign = up.right + down.right;
  if (up.all > 0 && down.all > 0) agreement.balanced = (up.fraction() + down.fraction()) / 2;
}

void compare_sizes(const PerturbationTruth& truth, std::span<const double> change, LossAgreement& agreement) {
  std::vector<double> sizes;
  std::vector<bool> changed;
  double off = 0;
  double real = 0;
  for (std::size_t gene = 0; gene < change.size(); ++gene) {
    if (!truth.compared[gene]) continue;
    const double predicted = std::isnan(change[gene]) ? 0.0 : change[gene];
    sizes.push_back(std::abs(predicted));
    changed.push_back(truth.changed[gene]);
    off += std::abs(predicted - truth.log2_change[gene]);
    real += std::abs(truth.log2_change[gene]);
  }
  const RankedValues ranked(std::move(sizes));
  agreement.auprc = average_precision(ranked, changed);
  agreement.recall = precision_of_first(ranked, changed, truth.changes);
  if (real > 0) agreement.error = off / real;
}

}  // namespace

std::optional<double> loss_spearman(const PerturbationTruth& truth, std::span<const double> change) {
  std::vector<double> real;
  std::vector<double> predicted;
  for (std::size_t gene = 0; gene < change.size(); ++gene) {
    if (!truth.compared[gene] || std::isnan(change[gene])) continue;
    real.push_back(truth.log2_change[gene]);
    predicted.push_back(change[gene]);
  }
  return spearman(RankedValues(std::move(real)), RankedValues(std::move(predicted)));
}

LossAgreement compare_loss(const PerturbationTruth& truth, std::span<const double> change, bool is_signed) {
  LossAgreement agreement;
  for (std::size_t gene = 0; gene < change.size(); ++gene) {
    if (truth.compared[gene] && !std::isnan(change[gene])) ++agreement.genes;
  }
  compare_sizes(truth, change, agreement);
  if (!is_signed) {
    agreement.error.reset();
    return agreement;
  }
  agreement.spearman = loss_spearman(truth, change);
  compare_signs(truth, change, agreement);
  return agreement;
}

Specificity specificity_of(double spearman, const std::vector<double>& others) {
  constexpr double rounding = 1e-12;  // of equal correlations
  const auto better =
      std::count_if(others.begin(), others.end(), [&](double other) { return other > spearman + rounding; });
  const auto equal = std::count_if(others.begin(), others.end(),
                                   [&](double other) { return std::abs(other - spearman) <= rounding; });
  return {1 + better + (equal + 1) / 2, 1 + std::ssize(others), permutation_p(spearman, others)};
}

}  // namespace dko
