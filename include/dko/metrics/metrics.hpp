#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dko {

/// BC(a, b) = Σ|a−b| / Σ(a+b) for non-negative profiles of equal length; 0 where both are zero.
double bray_curtis(std::span<const float> a, std::span<const float> b);
double bray_curtis(std::span<const double> a, std::span<const double> b);

/// Values in ascending order, ties together: what every rank statistic below starts from. Sorted once, it
/// serves any number of resamples in one pass each. Values must not be NaN. @throws std::length_error for
/// more than 4,294,967,295 of them
class RankedValues {
 public:
  explicit RankedValues(std::vector<double> values);

  std::size_t size() const { return values_.size(); }
  std::span<const double> values() const { return values_; }
  /// Places of the values, lowest first.
  std::span<const std::uint32_t> order() const { return order_; }
  /// Group t of equal values is order()[tie_starts()[t]] to order()[tie_starts()[t+1] − 1].
  std::span<const std::uint32_t> tie_starts() const { return tie_starts_; }

  /// Ranks from 1, ties sharing their mean rank, in a sample that holds value i weights[i] times (whole
  /// numbers; 0: not at all). No weights: each once.
  std::vector<double> ranks(std::span<const double> weights = {}) const;

 private:
  std::vector<double> values_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> tie_starts_;
};

/// Spearman's rank correlation: Pearson's of the ranks, of the sample that holds pair i weights[i] times.
/// Nothing for fewer than two pairs or a constant. x and y have equal size.
std::optional<double> spearman(const RankedValues& x, const RankedValues& y,
                               std::span<const double> weights = {});
std::optional<double> spearman(std::span<const float> x, std::span<const float> y);
/// The same of entries of at least 0, most of them 0 in both: memory is taken for the others alone.
std::optional<double> spearman_of_profiles(std::span<const float> x, std::span<const float> y);

/// Area under the receiver operating characteristic: the chance that a positive scores above a negative, ties
/// counting half (as scikit-learn's roc_auc_score). Nothing if there are no positives or no negatives.
std::optional<double> auroc(const RankedValues& scores, const std::vector<bool>& positive,
                            std::span<const double> weights = {});

/// Area under the precision-recall curve as average precision, Σ (R_k − R_{k−1}) P_k over the distinct
/// scores from the highest (as scikit-learn's average_precision_score). Nothing if there are no positives.
/// Its value for scores that know nothing is the fraction of positives.
std::optional<double> average_precision(const RankedValues& scores, const std::vector<bool>& positive,
                                        std::span<const double> weights = {});

/// Fraction of positives among the `count` highest scores (all, where there are fewer); scores that are equal
/// share their places. Nothing for a count of 0 or no scores.
std::optional<double> precision_of_first(const RankedValues& scores, const std::vector<bool>& positive,
                                         std::int64_t count);

/// Mean of the two middle values for an even count; nothing for none.
std::optional<double> known_median(std::vector<double> values);

/// The same of the sample that holds value i weights[i] times.
std::optional<double> weighted_median(std::span<const double> values, std::span<const double> weights);

}  // namespace dko
