#include "cell_scores.hpp"

#include <algorithm>

namespace dko {

void positions_of(std::span<const std::int32_t> genes, std::span<const std::int32_t> expressed,
                  std::vector<std::int32_t>& positions) {
  positions.clear();
  auto from = expressed.begin();
  for (const std::int32_t gene : genes) {
    from = std::lower_bound(from, expressed.end(), gene);
    positions.push_back(static_cast<std::int32_t>(from - expressed.begin()));
  }
}

void store(const KnockoutScores& scores, const ScoreSpans& spans, std::size_t at) {
  for (const Score score : every_score) {
    if (!spans[score].empty()) spans[score][at] = static_cast<float>(scores[score]);
  }
}

std::vector<float> single_scores(EnsembleKernel& kernel, std::span<const std::int32_t> positions,
                                 Score score) {
  std::vector<float> scores;
  scores.reserve(positions.size());
  for (const std::int32_t& position : positions)
    scores.push_back(static_cast<float>(kernel.scores(std::span(&position, 1))[score]));
  return scores;
}

}  // namespace dko
