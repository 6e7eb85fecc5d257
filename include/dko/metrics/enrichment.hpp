#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dko {

/// How the values of a set of genes lie among those of all others.
struct Enrichment {
  std::size_t set = 0;      ///< its number
  std::int64_t genes = 0;   ///< of the set that have a value
  std::int64_t others = 0;  ///< that have one and are not of the set
  double mean = 0;          ///< of the set's values
  /// Probability that a gene of the set has a higher value than another, ties counting half: U / (genes ·
  /// others). Above 0.5 the set's values are higher.
  double auc = 0.5;
  double p = 1;  ///< two-sided, of the Mann-Whitney U test (rank_sum_p); at least that of one permutation
  double q = 1;  ///< adjusted over the sets (Benjamini and Hochberg)
};

/// Tests every set with at least `least` genes that have a value against the others that have one. `values`
/// is NaN for a gene without; sets are ascending gene numbers. The test is SciPy's mannwhitneyu(set, others,
/// alternative="two-sided", method="asymptotic", use_continuity=True): the normal approximation, corrected
/// for ties and continuity. In the order of the sets; sets that have fewer, or all of the genes, are left
/// out, and do not count in q. Local.
std::vector<Enrichment> enrichment(std::span<const double> values,
                                   const std::vector<std::vector<std::int32_t>>& sets, std::int64_t least);

/// Puts the smallest p first; equal ones in the order of the sets. Local.
void sort_by_p(std::vector<Enrichment>& sets);

}  // namespace dko
