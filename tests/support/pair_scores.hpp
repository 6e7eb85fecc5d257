#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/score/score.hpp"

namespace dko::testing {

/// The scores of all pairs of a loaded cell of n expressed genes, in the order of PairIndex.
struct PairScores {
  template <class Kernel>
  PairScores(Kernel& kernel, std::int32_t expressed, ScoreSet wanted = both_scores) : n(expressed) {
    std::vector<std::int32_t> positions(static_cast<std::size_t>(n));
    std::iota(positions.begin(), positions.end(), 0);
    const std::int64_t count = PairIndex::row_start(n, n - 1);
    ScoreSpans spans;
    for (const Score score : every_score) {
      if (!wanted.has(score)) continue;
      values[score].resize(static_cast<std::size_t>(count));
      spans[score] = values[score];
    }
    kernel.pair_scores(positions, {0, count}, spans);
  }

  /// visit(a, b, place)
  template <class Visit>
  void for_each(Visit visit) const {
    std::size_t at = 0;
    for (std::int32_t a = 0; a < n; ++a)
      for (std::int32_t b = a + 1; b < n; ++b) visit(a, b, at++);
  }

  std::int32_t n;
  PerScore<std::vector<float>> values;
};

}  // namespace dko::testing
