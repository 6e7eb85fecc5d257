#pragma once
// The oracle of what genes can undergo: the definition over all genes with plain loops, from outputs of all
// genes before and after. Shares nothing with the kernels.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dko/knockout/score/score.hpp"

namespace dko::testing {

/// Genes that are lost, all but a part `presence`, and genes that are switched on.
struct GeneChanges {
  std::vector<std::int32_t> lost;
  std::vector<std::int32_t> added;
  double presence = 0;
};

/// Outputs of all genes after some changes, or none.
using OutputsAfter = std::function<std::vector<double>(const GeneChanges& changes)>;

/// One cell, by a mapping of these outputs, with b over all genes.
struct PlainChange {
  std::vector<std::int32_t> expressed;
  std::vector<double> base;
  OutputsAfter outputs;

  /// b': q' of the added, F b of the lost, the rest ∝ b |o'|/|o| of what is left.
  std::vector<double> profile(const GeneChanges& changes) const;
  /// Impact, network and share (of the added genes).
  KnockoutScores scores(const GeneChanges& changes) const;

 private:
  std::vector<std::int32_t> kept(const GeneChanges& changes) const;
  double on_changed(const GeneChanges& changes, std::vector<double>& profile) const;
};

}  // namespace dko::testing
