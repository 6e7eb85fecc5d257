#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dko/expression/matrix.hpp"
#include "dko/mapping/model.hpp"
#include "dko/metrics/profile_agreement.hpp"

namespace dko {

/// Shares of a sample of expressed entries: what a scatter plot needs.
struct SharesOfEntries {
  std::vector<std::int32_t> genes;
  std::vector<std::int32_t> cells;
  std::vector<float> truth;
  std::vector<float> predicted;
  std::vector<float> mean_share;  ///< by the baseline
};

/// How a mapping predicts the profiles of cells that it was not trained on, beside baselines that need no
/// mapping (baselines.hpp).
struct MappingQuality {
  std::string what;  ///< which cells these are, in words
  std::int64_t cells = 0;
  ProfileAgreement mapping;
  ProfileAgreement mean_share;
  ProfileAgreement scaled_share;
  // One per gene, over the cells that express it: mean shares, and Spearman; NaN where there is none.
  std::vector<float> true_mean;
  std::vector<float> predicted_mean;
  std::vector<float> spearman;
  SharesOfEntries entries;
};

/// Those of `cells` that are looked at, so that time and memory are bounded whatever the data: all of them,
/// or as many random ones as 2,000 cells and 2,000,000 entries (cells × genes) allow, one at least.
/// Ascending; depends on the seed alone. Local.
std::vector<std::int64_t> cells_to_judge(std::span<const std::int64_t> cells, std::int64_t genes,
                                         std::uint64_t seed);

/// Compares the member's predictions of `cells` with the truth, and takes at most 20,000 random expressed
/// entries of them. The baselines learn from the `known` cells. At least one cell. What `what` says is the
/// caller's. Local.
MappingQuality judge_mapping(const Member& member, const RelativeProfiles& profiles,
                             std::span<const std::int64_t> known, std::span<const std::int64_t> cells,
                             std::uint64_t seed);

}  // namespace dko
