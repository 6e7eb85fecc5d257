#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dko/knockout/screen.hpp"
#include "dko/parallel/node_array.hpp"

namespace dko {

/// Scores of all single knockouts, as they are stored, numbered as in KnockoutTargets; empty for those that
/// are not there.
using SingleScores = PerScore<std::span<const float>>;

/// Hands on what it is given, and keeps the scores of single knockouts in memory: what interactions are then
/// found from.
class SinglesKeeper final : public ScoreSink {
 public:
  SinglesKeeper(ScoreSink& sink, ScoreSet wanted) : sink_(sink), wanted_(wanted) {}

  /// Local. @throws as the sink
  void write(ScoreArray array, Score score, std::int64_t first, std::span<const float> values) override;

  /// Those of all ranks, held once per node. Each rank has passed one contiguous range, in the order of the
  /// ranks, as screen_shard does. Collective.
  PerScore<NodeArray<float>> share(const NodeGroup& nodes) &&;

 private:
  ScoreSink& sink_;
  ScoreSet wanted_;
  PerScore<std::vector<float>> kept_;
};

}  // namespace dko
