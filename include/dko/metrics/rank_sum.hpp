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

/// A value of one of several samples.
struct SampledValue {
  float value = 0;
  std::int32_t sample = 0;
};

/// Ranks of the values of several samples among all of them, from 1; equal ones share the mean of theirs.
struct SampleRanks {
  std::vector<double> sizes;  ///< values of each sample
  std::vector<double> sums;   ///< of its ranks
  double ties = 0;            ///< Σ t³ − t over the groups of t equal values
};
/// `ascending` by value; samples are numbered from 0. Local.
SampleRanks sample_ranks(std::span<const SampledValue> ascending, std::int32_t samples);
/// rank_sum_p of one sample and all others together.
double rank_sum_p(const SampleRanks& ranks, std::size_t sample);

/// Adjusted p of Benjamini & Hochberg (1995): min over k ≥ the rank of a p of p_(k)·m/k, m values in all; in
/// the order of `p`. A value below α is significant at a false discovery rate of α. Local.
std::vector<double> false_discovery_rates(std::span<const double> p);

}  // namespace dko
