#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// Values ≥ 0, of which many may be 0.
struct NonNegativeSample {
  std::vector<double> positive;  ///< ascending
  std::int64_t zeros = 0;

  std::int64_t size() const { return zeros + std::ssize(positive); }
};

/// Two-sided p of the Mann-Whitney U test (Wilcoxon's rank sum) by the normal approximation, corrected for
/// ties and continuity, as SciPy's mannwhitneyu(method="asymptotic"); 1 where all values are equal or a
/// sample is empty. Local.
double rank_sum_p(const NonNegativeSample& x, const NonNegativeSample& y);

/// Adjusted p of Benjamini & Hochberg (1995): min over k ≥ the rank of a p of p_(k)·m/k, m values in all; in
/// the order of `p`. A value below α is significant at a false discovery rate of α. Local.
std::vector<double> false_discovery_rates(std::span<const double> p);

}  // namespace dko
