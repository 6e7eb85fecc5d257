#include "pair_adding.hpp"

#include <algorithm>

#include "dko/knockout/screen/pair_sums_screen.hpp"

namespace dko {

PairAdding::PairAdding(const ScreenPlan& plan, const PairGenes& genes) : plan_(plan), genes_(genes) {
  const std::vector<Measure> measures = summed_measures(plan);
  const auto place = [&](const Measure& measure) {
    return std::find(measures.begin(), measures.end(), measure) - measures.begin();
  };
  for (const Score score : every_score) {
    if (plan.doubles.has(score))
      columns_.push_back({score, static_cast<std::size_t>(place({score, false})),
                          place({score, true}) < std::ssize(measures)});
  }
}

/// First gene by first gene, and for each cell by cell: the sums of one first gene stay in the cache
/// meanwhile.
void PairAdding::add(std::span<const CellPairs> own, const PairScoring& scores, const ScoreViews& singles,
                     PairSums& sums) {
  waiting_.clear();
  if (sums.pairs() == 0) return;
  std::int64_t start = 0;
  for (const CellPairs& of_cell : own) {
    const TargetPair first = PairIndex::pair_of(plan_.targets.count(of_cell.cell), of_cell.pairs.first);
    waiting_.push_back({of_cell.cell, first.first, first.second, of_cell.pairs.size(), start});
    start += of_cell.pairs.size();
  }
  const std::int64_t last_pair = sums.first_pair() + sums.pairs() - 1;
  const std::int64_t last = PairIndex::pair_of(sums.genes(), last_pair).first;
  for (std::int64_t at = PairIndex::pair_of(sums.genes(), sums.first_pair()).first; at <= last; ++at) {
    const std::int32_t gene = genes_.gene(at);
    for (Waiting& waiting : waiting_) {
      if (waiting.pairs > 0 && plan_.targets.of(waiting.cell)[static_cast<std::size_t>(waiting.row)] == gene)
        add_row(waiting, scores, singles, sums);
    }
  }
}

void PairAdding::add_row(Waiting& waiting, const PairScoring& scores, const ScoreViews& singles,
                         PairSums& sums) {
  const auto targets = plan_.targets.of(waiting.cell);
  const auto row = static_cast<std::size_t>(waiting.row);
  const auto second = static_cast<std::size_t>(waiting.second);
  const std::size_t count = std::min(targets.size() - second, static_cast<std::size_t>(waiting.pairs));
  sums.add_cell(genes_.place(targets[row]), targets.subspan(second, count),
                [this](std::int32_t gene) { return genes_.place(gene); });
  const auto of_cell =
      static_cast<std::size_t>(plan_.targets.starts()[static_cast<std::size_t>(waiting.cell)]);
  for (const Column& column : columns_) {
    const auto values = scores.received(column.score).subspan(static_cast<std::size_t>(waiting.start), count);
    if (column.has_interaction) {
      const float* const of_singles = singles[column.score].data() + of_cell;
      interactions_.resize(count);
      interactions_of_row(values, of_singles[row], of_singles + second, interactions_.data());
    }
    sums.add(column.measure, values.data(), interactions_.data());
  }
  ++waiting.row;
  waiting.second = waiting.row + 1;
  waiting.pairs -= static_cast<std::int64_t>(count);
  waiting.start += static_cast<std::int64_t>(count);
}

}  // namespace dko
