#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dko {

/// BC(a, b) = Σ|a−b| / Σ(a+b) for non-negative profiles of equal length; 0 where both are zero.
double bray_curtis(std::span<const float> a, std::span<const float> b);

/// Ranks from 1; ties share their mean rank.
std::vector<double> ranks(std::span<const float> values);

/// Spearman's rank correlation: Pearson's of the ranks. Nothing for fewer than two values or a constant.
std::optional<double> spearman(std::span<const float> x, std::span<const float> y);

/// Mean of the two middle values for an even count; nothing for none.
std::optional<double> median(std::vector<double> values);

/// How predicted profiles agree with true ones.
struct ProfileAgreement {
  double bray_curtis = 0;                      ///< mean over cells
  std::optional<double> spearman_all;          ///< over all entries, those of unexpressed genes included
  std::optional<double> spearman_within_gene;  ///< median over genes, each over the cells that express it
  std::int64_t genes_scored = 0;               ///< genes with at least three such cells and no constant
};

/// `truth` and `predicted` are cells × genes by rows, relative profiles.
ProfileAgreement compare_profiles(std::span<const float> truth, std::span<const float> predicted,
                                  std::int64_t genes);

}  // namespace dko
