#include "dko/knockout/single_scores.hpp"

namespace dko {

void SinglesKeeper::write(ScoreArray array, Score score, std::int64_t first, std::span<const float> values) {
  if (array == ScoreArray::singles && wanted_.has(score))
    kept_[score].insert(kept_[score].end(), values.begin(), values.end());
  sink_.write(array, score, first, values);
}

PerScore<NodeArray<float>> SinglesKeeper::share(const NodeGroup& nodes) && {
  PerScore<NodeArray<float>> shared;
  for (const Score score : every_score) {
    if (!wanted_.has(score)) continue;
    std::vector<float> all = nodes.all.gather(std::span<const float>(kept_[score]));
    kept_[score] = {};
    shared[score] = dko::share(nodes, NodeArray(std::move(all)));
  }
  return shared;
}

}  // namespace dko
