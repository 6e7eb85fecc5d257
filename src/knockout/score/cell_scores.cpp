#include "dko/knockout/score/cell_scores.hpp"

#include <algorithm>

namespace dko {

void positions_of(std::span<const std::int32_t> genes, const KernelCell& cell,
                  std::vector<std::int32_t>& positions) {
  positions.clear();
  const auto n = std::ssize(cell.expressed);
  auto from = cell.expressed.begin();
  auto from_absent = cell.absent.begin();
  for (const std::int32_t gene : genes) {
    from = std::lower_bound(from, cell.expressed.end(), gene);
    if (from != cell.expressed.end() && *from == gene) {
      positions.push_back(static_cast<std::int32_t>(from - cell.expressed.begin()));
      continue;
    }
    from_absent = std::lower_bound(from_absent, cell.absent.end(), gene);
    positions.push_back(static_cast<std::int32_t>(n + (from_absent - cell.absent.begin())));
  }
  if (!cell.absent.empty()) std::sort(positions.begin(), positions.end());
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
