#pragma once
// The oracle of base profiles: the definition over all genes with plain loops, from the fitted profiles
// before and after a knockout. Shares nothing with the program's own rescaling or kernels.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dko/knockout/score/score.hpp"
#include "dko/mapping/base_profile.hpp"

namespace dko::testing {

/// q of a cell after the knockout of some genes, or of none, over all genes.
using FittedProfile = std::function<std::vector<double>(std::span<const std::int32_t> removed)>;

/// One cell, by a mapping that predicts `fitted`.
struct PlainBase {
  Base base;
  std::vector<double> observed;   // p over all genes
  double total;                   // T; infinite where the data are no counts
  std::vector<double> variances;  // s² of all genes
  FittedProfile fitted;

  /// b'_i ∝ b_i |o_i(K)|/|o_i| over the genes that are left, and 0 of the others; b of no knockout.
  std::vector<double> profile(std::span<const std::int32_t> removed) const;
  /// BC(b', b), and BC(b', b without K, renormalised).
  KnockoutScores scores(std::span<const std::int32_t> removed) const;
};

}  // namespace dko::testing
